# What every target of Keyslot has in common, and the three functions that make one.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# 1.74, Debian's default, has no cancellation slots.
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Threads REQUIRED)

add_library(keyslot_options INTERFACE)
target_include_directories(keyslot_options INTERFACE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/client/include ${PROJECT_SOURCE_DIR}/simulator/include)
target_compile_definitions(keyslot_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY)

# What scripts/explore counts is nothing that other people's programs should do.
if(NOT PROJECT_IS_TOP_LEVEL)
  target_compile_definitions(keyslot_options INTERFACE KEYSLOT_NO_MARKS)
endif()

# Linked privately: our warnings are not our users'.
add_library(keyslot_warnings INTERFACE)
target_compile_options(keyslot_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${KEYSLOT_WERROR}>:-Werror>
  # g++ 12 sees overlapping copies in the std::string of its own library where there are none.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # std::stable_sort of libstdc++ 12 uses what libstdc++ 12 deprecates, and clang blames the caller.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

# Boost.Asio is most of what a build costs: its implementation is compiled once (client/io/asio.cpp),
# and the targets that include it share one precompiled header.
add_library(keyslot_asio_options INTERFACE)
target_link_libraries(keyslot_asio_options INTERFACE keyslot_options Boost::headers Threads::Threads)
target_compile_definitions(keyslot_asio_options INTERFACE BOOST_ASIO_SEPARATE_COMPILATION)

# keyslot_library(NAME DIRECTORY... [DEPENDS target...] [ASIO])
# One static library of all .cpp files of the named directories.
function(keyslot_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "ASIO" "" "DEPENDS")
  set(sources "")
  foreach(directory IN LISTS arg_UNPARSED_ARGUMENTS)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${directory}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)
    message(FATAL_ERROR "${name}: no sources in ${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PRIVATE keyslot_warnings)
  if(arg_ASIO)
    target_link_libraries(${name} PUBLIC keyslot_asio_options ${arg_DEPENDS})
    keyslot_precompile(${name})
  else()
    target_link_libraries(${name} PUBLIC keyslot_options ${arg_DEPENDS})
  endif()
endfunction()

function(keyslot_precompile name)
  target_precompile_headers(${name} PRIVATE
    <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
    <boost/asio/use_awaitable.hpp> <boost/asio/post.hpp>
    <algorithm> <functional> <map> <memory> <optional> <span> <string> <string_view> <variant> <vector>)
endfunction()

# keyslot_test(NAME SOURCES... DEPENDS target... [LABELS label] [MAIN] [SERIAL] [ASIO])
# A GoogleTest program; MAIN: it brings its own main(). SERIAL: its cases share something (a port), and
# run one after the other.
function(keyslot_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "MAIN;SERIAL;ASIO" "LABELS" "SOURCES;DEPENDS")
  if(NOT arg_SOURCES)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE keyslot_warnings ${arg_DEPENDS} GTest::gtest GTest::gmock)
  if(arg_ASIO)
    keyslot_precompile(${name})
  endif()
  if(NOT arg_MAIN)
    target_link_libraries(${name} PRIVATE GTest::gtest_main)
  endif()
  # PRE_TEST: list the cases when ctest runs, not while the build links.
  set(properties TIMEOUT 300)
  if(arg_LABELS)
    list(APPEND properties LABELS ${arg_LABELS})
  endif()
  if(arg_SERIAL)
    list(APPEND properties RESOURCE_LOCK ${name})
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES ${properties}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

# keyslot_program(NAME SOURCES... DEPENDS target... [ASIO])
function(keyslot_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "ASIO" "" "SOURCES;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE keyslot_warnings ${arg_DEPENDS})
  if(arg_ASIO)
    keyslot_precompile(${name})
  endif()
endfunction()
