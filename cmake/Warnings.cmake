# Warnings are errors, for our own code only: libraries are included as SYSTEM.
add_library(pakn_warnings INTERFACE)
target_compile_options(pakn_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overlapping copies inside std::string's operator+ where there are none (GCC bug 105651).
  target_compile_options(pakn_warnings INTERFACE -Wno-restrict)
endif()
