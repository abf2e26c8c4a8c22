# pakn_add_plugin(NAME SOURCES a.cpp ... [LINK targets]) builds a shared library that the hub can load.
# The version script leaves exactly two exported symbols; -fno-gnu-unique keeps its statics its own.
# Used by the hub's own plugins and, after find_package(PaknSdk), by everybody else's.
set(PAKN_PLUGIN_MAP "${CMAKE_CURRENT_LIST_DIR}/plugin.map" CACHE INTERNAL "")

function(pakn_add_plugin name)
  cmake_parse_arguments(PLUGIN "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} MODULE ${PLUGIN_SOURCES})
  if(TARGET pakn::sdk)
    target_link_libraries(${name} PRIVATE pakn::sdk)
    set_property(GLOBAL APPEND PROPERTY PAKN_PLUGINS ${name})
  else()
    target_link_libraries(${name} PRIVATE PaknSdk::sdk)
  endif()
  target_link_libraries(${name} PRIVATE ${PLUGIN_LINK} ${CMAKE_DL_LIBS})
  if(TARGET pakn_warnings)
    target_link_libraries(${name} PRIVATE pakn_warnings)
  endif()
  set(folder "${PAKN_PLUGIN_DIRECTORY}")
  if(NOT folder)
    set(folder "${CMAKE_CURRENT_BINARY_DIR}")
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY "${folder}"
    LINK_DEPENDS "${PAKN_PLUGIN_MAP}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fno-gnu-unique)
  endif()
  # The hub refuses a file that more than its owner may write, and some umasks leave it so.
  add_custom_command(TARGET ${name} POST_BUILD COMMAND chmod go-w "$<TARGET_FILE:${name}>" VERBATIM)
  target_link_options(${name} PRIVATE "-Wl,--version-script=${PAKN_PLUGIN_MAP}" -Wl,--no-undefined)
endfunction()
