# What `cmake --install` puts where: the program, its plugins and base configuration; and the SDK for third parties
# (component sdk). The program looks for its plugins in ../lib/paknhub, so that folder has no other name.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(sdk_cmake "${CMAKE_INSTALL_LIBDIR}/cmake/PaknSdk")
install(TARGETS paknhub paknhub-plugin-host paknhub-decoder RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT hub)
install(TARGETS ${PAKN_PLUGINS} LIBRARY DESTINATION lib/paknhub COMPONENT hub
  PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/config/base" DESTINATION "${CMAKE_INSTALL_DATADIR}/paknhub/config" COMPONENT hub)

install(TARGETS pakn_sdk pakn_testing pakn_isolation EXPORT PaknSdkTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT sdk)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/core/sdk/include/pakn" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/core/testing" "${CMAKE_SOURCE_DIR}/core/isolation" COMPONENT sdk
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/paknhub-testing/core" FILES_MATCHING PATTERN "*.hpp")
install(EXPORT PaknSdkTargets NAMESPACE PaknSdk:: DESTINATION "${sdk_cmake}" COMPONENT sdk)
install(FILES "${CMAKE_SOURCE_DIR}/cmake/PaknPlugin.cmake" "${CMAKE_SOURCE_DIR}/cmake/plugin.map"
  DESTINATION "${sdk_cmake}" COMPONENT sdk)

configure_package_config_file("${CMAKE_SOURCE_DIR}/cmake/PaknSdkConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/PaknSdkConfig.cmake" INSTALL_DESTINATION "${sdk_cmake}" PATH_VARS CMAKE_INSTALL_BINDIR)
# The SDK's own version, which every plugin carries in its tag.
file(STRINGS "${CMAKE_SOURCE_DIR}/core/sdk/include/pakn/sdk/descriptor.hpp" sdk_lines REGEX "kSdk(Major|Minor) = [0-9]+")
string(REGEX REPLACE ".*kSdkMajor = ([0-9]+).*kSdkMinor = ([0-9]+).*" "\\1.\\2" PAKN_SDK_VERSION "${sdk_lines}")
write_basic_package_version_file("${CMAKE_BINARY_DIR}/PaknSdkConfigVersion.cmake"
  VERSION "${PAKN_SDK_VERSION}" COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_BINARY_DIR}/PaknSdkConfig.cmake" "${CMAKE_BINARY_DIR}/PaknSdkConfigVersion.cmake"
  DESTINATION "${sdk_cmake}" COMPONENT sdk)
