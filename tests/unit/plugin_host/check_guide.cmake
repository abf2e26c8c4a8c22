# Fails unless the guide GUIDE shows the file SOURCE word for word, so that its sample is always what is compiled.
file(READ "${GUIDE}" guide)
file(READ "${SOURCE}" source)
string(FIND "${guide}" "```cpp\n${source}```" at)
if(at EQUAL -1)
  message(FATAL_ERROR "${GUIDE} does not show ${SOURCE} as it is")
endif()
