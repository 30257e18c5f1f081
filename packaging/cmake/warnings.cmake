# SPDX-License-Identifier: GPL-3.0-or-later
# Everything that every target of ours has in common.
# In a group of sources a local may have the name of a neighbour's helper, which GCC alone can tell apart.
set(shadow_warning -Wshadow)
if(BITPRISM_UNITY)
  set(shadow_warning $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>)
endif()
add_library(bitprism-options INTERFACE)
target_compile_options(bitprism-options INTERFACE
  -Wall -Wextra -Wpedantic ${shadow_warning} -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi
  -Wconversion -Wno-sign-conversion -ffp-contract=off -fpch-preprocess)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(bitprism-options INTERFACE -Wno-unused-command-line-argument)
endif()
if(BITPRISM_WERROR)
  target_compile_options(bitprism-options INTERFACE -Werror)
endif()
target_compile_definitions(bitprism-options INTERFACE QT_NO_KEYWORDS)
target_include_directories(bitprism-options INTERFACE ${CMAKE_SOURCE_DIR})
if(BITPRISM_SANITIZE)
  target_compile_options(bitprism-options INTERFACE
    -fsanitize=${BITPRISM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # The sanitizer's own dlopen() looks along the program's path only in its old form (for engine and SentencePiece).
  target_link_options(bitprism-options INTERFACE -fsanitize=${BITPRISM_SANITIZE} LINKER:--disable-new-dtags)
endif()

if(BITPRISM_FUZZ)
  target_compile_options(bitprism-options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(bitprism-options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(BITPRISM_CCACHE ccache)
if(BITPRISM_CCACHE)
  # Without this sloppiness ccache stores nothing that uses a precompiled header.
  set(ccache_settings CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env ${ccache_settings} ${BITPRISM_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
