# SPDX-License-Identifier: GPL-3.0-or-later
# Target sample-project: the finished project that a first start opens and that the tests of the window read. It takes
# two minutes, so it is made once, and anew only when what it is made of changes; a new bitprism-cli alone is no reason.
# Sanitizers would make it take an hour.
set(sampleModel ${CMAKE_SOURCE_DIR}/resources/samples/tiny-llama)
if(BITPRISM_ENGINE AND NOT BITPRISM_SANITIZE AND NOT BITPRISM_FUZZ AND EXISTS ${sampleModel}/model.safetensors)
  set(sampleProject ${CMAKE_BINARY_DIR}/samples/sample.bitprism)
  set(asMade ${CMAKE_BINARY_DIR}/samples/as-made/sample.bitprism)
  file(GLOB sampleInputs CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/core/store/migrations/*.sql ${sampleModel}/data/*.txt
    ${CMAKE_SOURCE_DIR}/resources/samples/*/model.safetensors ${CMAKE_SOURCE_DIR}/resources/samples/*/*.json)
  list(APPEND sampleInputs ${CMAKE_SOURCE_DIR}/packaging/sample-project ${CMAKE_SOURCE_DIR}/packaging/sample.sh)
  add_custom_command(OUTPUT ${sampleProject} ${asMade}
    COMMAND ${CMAKE_SOURCE_DIR}/packaging/sample-project $<TARGET_FILE:bitprism-cli> ${sampleProject} ${sampleInputs}
    DEPENDS ${sampleInputs}
    COMMENT "Making the sample project (two minutes)" VERBATIM)
  add_custom_target(sample-project ALL DEPENDS ${sampleProject})
  add_dependencies(sample-project bitprism-cli bitprism-engine) # the engine is loaded at run time
  # Never the project that the window of this build folder opens: it holds its user's runs.
  install(FILES ${asMade} DESTINATION ${CMAKE_INSTALL_DATADIR}/bitprism/samples)
  install(DIRECTORY ${asMade}.d DESTINATION ${CMAKE_INSTALL_DATADIR}/bitprism/samples)
endif()
