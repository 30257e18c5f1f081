# SPDX-License-Identifier: GPL-3.0-or-later
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(SENTENCEPIECE REQUIRED IMPORTED_TARGET sentencepiece)
pkg_check_modules(SNDFILE REQUIRED IMPORTED_TARGET sndfile)
pkg_check_modules(SAMPLERATE REQUIRED IMPORTED_TARGET samplerate)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)

find_library(BITPRISM_GLPK NAMES glpk REQUIRED)
find_path(BITPRISM_GLPK_INCLUDE NAMES glpk.h REQUIRED)

# OpenBLAS by name: LibTorch uses whatever libblas.so.3 is, our own kernels must not depend on that choice.
find_library(BITPRISM_OPENBLAS NAMES openblas PATH_SUFFIXES openblas-pthread REQUIRED)
find_path(BITPRISM_OPENBLAS_INCLUDE NAMES cblas.h PATH_SUFFIXES openblas-pthread x86_64-linux-gnu/openblas-pthread REQUIRED)
add_library(bitprism-blas INTERFACE)
target_link_libraries(bitprism-blas INTERFACE ${BITPRISM_OPENBLAS})
target_include_directories(bitprism-blas SYSTEM INTERFACE ${BITPRISM_OPENBLAS_INCLUDE})

if(BITPRISM_ENGINE)
  # Only Torch's include folders and libraries are used: its flags would reach every target.
  find_package(Torch REQUIRED)
  add_library(bitprism-torch INTERFACE)
  target_link_libraries(bitprism-torch INTERFACE torch_cpu c10)
  target_include_directories(bitprism-torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  if(TARGET torch_cuda)
    # Nothing of ours names its symbols, but without the library there are no CUDA devices.
    target_link_options(bitprism-torch INTERFACE
      "LINKER:--push-state,--no-as-needed,$<TARGET_FILE:torch_cuda>,--pop-state")
  endif()
endif()
if(BITPRISM_GUI)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core Widgets Svg LinguistTools)
  find_package(QCustomPlotQt6 REQUIRED)
endif()
# Qt Core and Test drive the tests of every module.
if(BITPRISM_TESTS AND NOT BITPRISM_FUZZ)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core Test)
  # Qt Test defines its target's folder for each user, which would forbid sharing one precompiled header among the tests.
  get_target_property(testDefinitions Qt6::Test INTERFACE_COMPILE_DEFINITIONS)
  list(FILTER testDefinitions EXCLUDE REGEX "QT_TESTCASE")
  set_target_properties(Qt6::Test PROPERTIES INTERFACE_COMPILE_DEFINITIONS "${testDefinitions}")
endif()
