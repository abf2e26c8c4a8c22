# Warnings are errors, for our own code only: libraries are included as SYSTEM.
add_library(pakn_warnings INTERFACE)
target_compile_options(pakn_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
