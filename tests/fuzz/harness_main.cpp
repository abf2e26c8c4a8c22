/// @file
/// libFuzzer's way into a harness. An exception that gets out of it is a finding like any other.

#include "harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    pakn::fuzz::tryOne({reinterpret_cast<const char*>(data), size});
    return 0;
}
