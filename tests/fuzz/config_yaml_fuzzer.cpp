/// @file
/// YAML as configuration and mappings use it. Two builders of trees stand over one library: what the hub's takes
/// without a complaint the portal's reads alike.

#include "core/config/diagnostics.hpp"
#include "core/config/values.hpp"
#include "core/config/yaml_tree.hpp"
#include "harness.hpp"
#include "plugins/placed_yaml/yaml.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

bool isSame(const config::Node& a, const placed_yaml::Node& b) {
    if (static_cast<int>(a.kind) != static_cast<int>(b.kind) || a.quoted != b.quoted || a.text != b.text) return false;
    if (a.isNull() != b.isNull()) return false;
    if (a.items.size() != b.items.size() || a.entries.size() != b.entries.size()) return false;
    for (std::size_t i = 0; i < a.items.size(); ++i)
        if (!isSame(a.items[i], b.items[i])) return false;
    for (std::size_t i = 0; i < a.entries.size(); ++i) {
        const config::Entry& one = a.entries[i];
        const placed_yaml::Entry& other = b.entries[i];
        if (one.key != other.key || !isSame(one.value, other.value)) return false;
    }
    return true;
}

struct Extent {
    std::size_t nodes = 0;
    std::size_t depth = 0;
};

void measure(const config::Node& node, std::size_t depth, Extent& extent) {
    ++extent.nodes;
    extent.depth = std::max(extent.depth, depth);
    FUZZ_CHECK(isUtf8(node.text));
    FUZZ_CHECK(node.kind == config::Node::Kind::kScalar || node.text.empty());
    for (const config::Node& item : node.items) measure(item, depth + 1, extent);
    for (const config::Entry& entry : node.entries) {
        ++extent.nodes;
        const config::Entry* const found = node.find(entry.key);
        FUZZ_CHECK(found != nullptr && found == &entry);  // Each key once.
        measure(entry.value, depth + 1, extent);
    }
}

void checkValues(const config::Node& node) {
    if (const auto number = config::parseInteger(node.text)) FUZZ_CHECK(!node.text.empty());
    if (const auto length = config::parseMilliseconds(node.text)) FUZZ_CHECK(length->count() >= 0);
    if (const auto size = config::parseSize(node.text)) FUZZ_CHECK(*size >= 0);
    if (const auto time = config::parseTimeOfDay(node.text)) FUZZ_CHECK(time->count() >= 0 && time->count() <= 24 * 60);
    if (config::isName(node.text)) FUZZ_CHECK(!node.text.empty() && node.text.size() <= 64);
    static_cast<void>(config::isIpAddress(node.text));
    static_cast<void>(config::urlDefect(node.text));
    for (const config::Node& item : node.items) checkValues(item);
    for (const config::Entry& entry : node.entries) checkValues(entry.value);
}

}  // namespace

void tryOne(std::string_view input) {
    const Exact text{input};
    config::Diagnostics diagnostics;
    const config::ParsedYaml hub = config::parseYaml(text.view(), diagnostics.addFile("a.yaml"), diagnostics);
    placed_yaml::Mistakes mistakes{"a.yaml"};
    const std::optional<placed_yaml::Node> portal = placed_yaml::parseYaml(text.view(), mistakes);
    Extent extent;
    measure(hub.root, 1, extent);
    checkValues(hub.root);
    FUZZ_CHECK(extent.depth <= config::kMaxDepth + 1 && extent.nodes <= config::kMaxNodes + 1);
    FUZZ_CHECK(hub.complete || diagnostics.errors() > 0);
    FUZZ_CHECK(portal.has_value() || !mistakes.none());
    if (diagnostics.errors() == 0 && portal && mistakes.none()) FUZZ_CHECK(isSame(hub.root, *portal));
    constexpr std::size_t kPortalsDepth = 32;
    if (diagnostics.errors() == 0 && extent.depth < kPortalsDepth) FUZZ_CHECK(portal.has_value());
    static_cast<void>(mistakes.lines());
    static_cast<void>(diagnostics.sorted());
}

}  // namespace pakn::fuzz
