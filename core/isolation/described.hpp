#pragma once
/// @file
/// What a plugin says about itself, told by a child process: whoever only wants to know runs none of its code.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/isolation/codec.hpp"
#include "pakn/sdk/descriptor.hpp"

namespace pakn::isolation {

/// A Descriptor with all its texts, as it crosses.
struct Description {
    struct OptionRow {
        std::string name = {};
        OptionType type = OptionType::kText;
        std::string help = {};
        std::string default_value = {};
        std::string unit = {};
        bool optional = false;
    };
    std::string name = {};
    std::string version = {};
    std::string summary = {};
    std::vector<OptionRow> options = {};
    Idempotency idempotency = Idempotency::kHonoured;
    bool trusted = false;
    std::vector<std::string> mounts = {};
    std::uint32_t abilities = 0;
    std::vector<std::string> ways = {};
};
template <Like<Description::OptionRow> T>
void fields(auto& archive, T& one) {
    archive(one.name, one.type, one.help, one.default_value, one.unit, one.optional);
}
template <Like<Description> T>
void fields(auto& archive, T& one) {
    archive(one.name, one.version, one.summary, one.options, one.idempotency, one.trusted, one.mounts, one.abilities,
            one.ways);
}

Description describe(const Descriptor& descriptor);

/// A Descriptor made of a Description: it points into this, so it lives as long.
class DescribedPlugin {
public:
    explicit DescribedPlugin(Description description);
    DescribedPlugin(const DescribedPlugin&) = delete;
    DescribedPlugin& operator=(const DescribedPlugin&) = delete;
    [[nodiscard]] const Descriptor& descriptor() const { return descriptor_; }

private:
    const Description texts_;
    std::vector<Option> options_;
    std::vector<std::string_view> mounts_;
    std::vector<std::string_view> ways_;
    Descriptor descriptor_;
};

/// Lets a confined child load the plugin behind this open file, from this folder, and tell what it says about itself.
/// Errors of inquire(), and of a descriptor that is not sound.
Result<Description> askDescription(int file, const std::filesystem::path& folder,
                                   const std::filesystem::path& program = {});

}  // namespace pakn::isolation
