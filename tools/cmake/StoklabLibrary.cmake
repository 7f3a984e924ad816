# How a library of this project is declared: one call, sources listed by hand, and a link line
# that is the dependency diagram. Its headers live under <dir>/include, which is all that a
# dependent sees, so an include across a forbidden border does not compile.
include_guard(GLOBAL)
include(GNUInstallDirs)
include(GoogleTest)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

add_library(stoklab_warnings INTERFACE)
target_compile_options(stoklab_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
    -Wcast-align -Woverloaded-virtual -Wconversion -Wnull-dereference>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${STOKLAB_WERROR}>>:-Werror>)
# GCC 12 reports false null dereferences and false uninitialised members inside its own headers
# (std::optional, std::variant) once the optimiser or a sanitizer has run.
target_compile_options(stoklab_warnings INTERFACE
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-null-dereference
    -Wno-maybe-uninitialized>)

# stoklab_library(NAME n SOURCES ... LINK ... [PRIVATE_LINK ...] [TESTS ...] [TEST_LINK ...]
#                 [TEST_DEFINITIONS ...])
# makes stoklab::n and, when tests are built, the program n_test.
function(stoklab_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINK;PRIVATE_LINK;TESTS;TEST_LINK;TEST_DEFINITIONS"
    ${ARGN})
  set(target "stoklab_${ARG_NAME}")
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(stoklab::${ARG_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME})
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  target_link_libraries(${target} PUBLIC ${ARG_LINK}
    PRIVATE ${ARG_PRIVATE_LINK} $<BUILD_INTERFACE:stoklab_warnings>)
  stoklab_install(${target})
  if(STOKLAB_TESTS AND ARG_TESTS)
    stoklab_test(NAME ${ARG_NAME}_test SOURCES ${ARG_TESTS}
      LINK ${target} ${ARG_PRIVATE_LINK} ${ARG_TEST_LINK} DEFINITIONS ${ARG_TEST_DEFINITIONS})
    target_include_directories(${ARG_NAME}_test PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
  endif()
endfunction()

# stoklab_install(target): the library and its public headers, for find_package(stoklab).
function(stoklab_install target)
  install(TARGETS ${target} EXPORT stoklab ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.h")
endfunction()

# stoklab_test(NAME n SOURCES ... LINK ... [DEFINITIONS ...] [LABELS ...]): one GoogleTest
# program, each of its tests known to CTest by name.
function(stoklab_test)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINK;DEFINITIONS;LABELS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_LINK} stoklab_warnings GTest::gmock GTest::gtest_main)
  target_compile_definitions(${ARG_NAME} PRIVATE ${ARG_DEFINITIONS})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  gtest_discover_tests(${ARG_NAME} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${ARG_NAME}/"
    PROPERTIES LABELS "${ARG_LABELS}")
endfunction()

# stoklab_embed(target NAMESPACE ns FILES ...): puts text files into the program, so that it can
# be moved anywhere. In C++ they are found through the generated header "<ns>_files.h":
#   namespace stoklab::<ns>::embedded { struct File { std::string_view name, text; };
#                                       std::span<const File> files(); }
function(stoklab_embed target)
  cmake_parse_arguments(ARG "" "NAMESPACE" "FILES" ${ARGN})
  set(dir "${CMAKE_CURRENT_BINARY_DIR}/embedded_${ARG_NAMESPACE}")
  set(asm ".section .rodata\n")
  set(declarations "")
  set(rows "")
  set(index 0)
  foreach(file IN LISTS ARG_FILES)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE path)
    cmake_path(GET path FILENAME name)
    set(symbol "stoklab_${ARG_NAMESPACE}_${index}")
    string(APPEND asm ".global ${symbol}_begin\n.global ${symbol}_end\n"
      "${symbol}_begin:\n.incbin \"${path}\"\n${symbol}_end:\n.byte 0\n")
    string(APPEND declarations "extern const char ${symbol}_begin[];\nextern const char ${symbol}_end[];\n")
    string(APPEND rows "      {\"${name}\", {${symbol}_begin, static_cast<std::size_t>(${symbol}_end - ${symbol}_begin)}},\n")
    list(APPEND paths "${path}")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND asm ".section .note.GNU-stack,\"\",@progbits\n")
  file(CONFIGURE OUTPUT "${dir}/${ARG_NAMESPACE}_files.S" CONTENT "${asm}" @ONLY)
  file(CONFIGURE OUTPUT "${dir}/${ARG_NAMESPACE}_files.h" @ONLY CONTENT
"#pragma once
#include <span>
#include <string_view>
namespace stoklab::${ARG_NAMESPACE}::embedded {
struct File {
  std::string_view name;
  std::string_view text;
};
std::span<const File> files();
}  // namespace stoklab::${ARG_NAMESPACE}::embedded
")
  file(CONFIGURE OUTPUT "${dir}/${ARG_NAMESPACE}_files.cpp" @ONLY CONTENT
"#include \"${ARG_NAMESPACE}_files.h\"
#include <vector>
extern \"C\" {
${declarations}}
namespace stoklab::${ARG_NAMESPACE}::embedded {
std::span<const File> files() {
  static const std::vector<File> all = {
${rows}  };
  return all;
}
}  // namespace stoklab::${ARG_NAMESPACE}::embedded
")
  set_source_files_properties("${dir}/${ARG_NAMESPACE}_files.S" PROPERTIES OBJECT_DEPENDS "${paths}")
  target_sources(${target} PRIVATE "${dir}/${ARG_NAMESPACE}_files.S" "${dir}/${ARG_NAMESPACE}_files.cpp")
  target_include_directories(${target} PRIVATE "${dir}")
endfunction()
