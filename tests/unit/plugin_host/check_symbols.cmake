# Fails unless the shared library PLUGIN exports the descriptor and the factory and nothing else, and has no unique
# symbol (it would be shared with other plugins and keep old code alive).
function(run_tool output)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE text RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "cannot run ${ARGN}")
  endif()
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

run_tool(exported nm -D --defined-only --format=just-symbols "${PLUGIN}")
string(REGEX REPLACE "\n$" "" exported "${exported}")
string(REPLACE "\n" ";" exported "${exported}")
list(SORT exported)
if(NOT exported STREQUAL "pakn_plugin_descriptor;pakn_plugin_factory")
  message(FATAL_ERROR "${PLUGIN} exports: ${exported}")
endif()

run_tool(symbols readelf -Ws "${PLUGIN}")
if(symbols MATCHES "UNIQUE[^\n]*")
  message(FATAL_ERROR "${PLUGIN} has a unique symbol: ${CMAKE_MATCH_0}")
endif()

# A second SQLite in the process would break the POSIX locks of the hub's own.
run_tool(dynamic readelf -dW "${PLUGIN}")
if(dynamic MATCHES "libsqlite[^\n]*")
  message(FATAL_ERROR "${PLUGIN} links SQLite")
endif()
