# pakn_embed_migrations(OUTPUT FOLDER files...) writes an include file with one initialiser {number, text} per file.
# The number is the beginning of the file's name. Runs again whenever a file changes.
function(pakn_embed_migrations output folder)
  set(text "// Generated from the files in core/store/migrations.\n")
  foreach(name ${ARGN})
    set(file "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/${name}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    string(REGEX MATCH "^[0-9]+" digits "${name}")
    math(EXPR number "1${digits} - 10000")
    file(READ "${file}" sql)
    string(APPEND text "{${number}, R\"sql(${sql})sql\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${output}" CONTENT "${text}" @ONLY)
endfunction()
