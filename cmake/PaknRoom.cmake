# pakn_room(NAME SOURCES a.cpp ... [PUBLIC targets] [PRIVATE targets]) makes the library pakn_NAME, alias pakn::NAME.
# A header of a room is included as "core/NAME/header.hpp"; the SDK alone as <pakn/sdk/header.hpp>.
function(pakn_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(pakn_${name} STATIC ${ROOM_SOURCES})
  add_library(pakn::${name} ALIAS pakn_${name})
  target_include_directories(pakn_${name} PUBLIC "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>")
  target_link_libraries(pakn_${name} PUBLIC ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE} $<BUILD_INTERFACE:pakn_warnings>)
endfunction()
