# keyslot_add_conformance_test(NAME DRIVER "command" | CLIENT name
#   [CASES directory] [GROUPS group...] [JOBS n] [LABELS label...] [REAL])
#
# A test of ctest that judges a client by the cases of Keyslot's catalogue, or of a directory of your own:
# DRIVER is the command that starts your driver (conformance/drivers/README.md), CLIENT one of those that
# `keyslot-conformance --list-clients` names. It fails when a case does that must or should hold, and when the
# driver breaks down. REAL: the nodes are redis-server processes. NAME.html and NAME.xml (JUnit) in the build directory tell more.
function(keyslot_add_conformance_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "REAL" "DRIVER;CLIENT;CASES;JOBS" "GROUPS;LABELS")
  if(NOT arg_JOBS)
    set(arg_JOBS 8)
  endif()
  set(options --jobs ${arg_JOBS} --html ${CMAKE_CURRENT_BINARY_DIR}/${name}.html
    --junit ${CMAKE_CURRENT_BINARY_DIR}/${name}.xml)
  if(arg_DRIVER)
    list(APPEND options --driver "${arg_DRIVER}")
  elseif(arg_CLIENT)
    list(APPEND options --client ${arg_CLIENT})
  else()
    message(FATAL_ERROR "keyslot_add_conformance_test(${name}): DRIVER or CLIENT is missing")
  endif()
  if(arg_REAL)
    list(APPEND options --real)
  endif()
  if(arg_CASES)
    list(APPEND options --cases "${arg_CASES}")
  endif()
  foreach(group IN LISTS arg_GROUPS)
    list(APPEND options --group ${group})
  endforeach()
  add_test(NAME ${name} COMMAND keyslot-conformance ${options})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS "conformance;${arg_LABELS}")
endfunction()
