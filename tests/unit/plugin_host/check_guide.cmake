# Fails unless the guide GUIDE shows the file SOURCE word for word, so that its sample is always what is compiled.
# With NAME it is a file that `paknhub plugin new NAME` writes, which stands with @NAME@ in the source.
file(READ "${GUIDE}" guide)
file(READ "${SOURCE}" source)
if(DEFINED NAME)
  string(REPLACE [[@NAME@]] "${NAME}" source "${source}")
endif()
string(FIND "${guide}" "\n${source}```" at)
if(at EQUAL -1)
  message(FATAL_ERROR "${GUIDE} does not show ${SOURCE} as it is")
endif()
