/// @file
/// The way from a directory to a configuration: read, check, compile, name by hash.

#include <openssl/evp.h>

#include <array>
#include <utility>

#include "core/config/compile.hpp"
#include "core/config/effective_tree.hpp"
#include "core/config/hash.hpp"
#include "core/config/sources.hpp"
#include "core/config/workflow_file.hpp"

namespace pakn::config {

namespace {

Reader::Gaps gapsOf(const Sources& sources) {
    Reader::Gaps gaps{.unreadable = sources.unreadable};
    for (const SourceFile& file : sources.files)
        if (!file.complete) gaps.broken_texts.push_back(file.text);
    return gaps;
}

/// Channels that need no connector: the hub's own page and API, the province's app, and what an operator types in.
constexpr std::array<std::string_view, 5> kBuiltInChannels{"web", "mobile", "hotline1022", "counter", "paper"};
constexpr std::string_view kChannelHint = "the source of an API key is listed under `channels`";

/// A petition's channel is the connector it came by, a built-in word, or the source of the API key it came with.
/// Origins are systems: what a connector stands for, or again a key. What is not known of a plugin may receive.
void defineChannels(Reader& reader, const Document& document, const LoadOptions& options) {
    for (const std::string_view channel : kBuiltInChannels) reader.defineBuiltIn(Kind::kChannel, std::string{channel});
    for (const auto& [id, section] : document.connectors) {
        const std::string& name = section.value.plugin.value;
        const Descriptor* plugin = options.find_plugin ? options.find_plugin(name) : nullptr;
        if (!plugin || plugin->has(Ability::kReceiver)) reader.defineBuiltIn(Kind::kChannel, id);
        reader.defineBuiltIn(Kind::kOrigin, id);
    }
    for (const std::string& key_source : document.channels) reader.defineBuiltIn(Kind::kOrigin, key_source);
}

std::optional<Configuration> build(const Sources& sources, const LoadOptions& options, Diagnostics& diagnostics) {
    Reader reader{diagnostics, sources.directory, gapsOf(sources)};
    Document document;
    readSection(reader, sources.tree, document);
    std::vector<domain::Workflow> workflows;
    for (const Node& root : sources.workflows) workflows.push_back(readWorkflow(reader, root));
    reader.defineBuiltIn(Kind::kCalendar, "24x7");
    reader.defineBuiltIn(Kind::kConnector, std::string{domain::kReplyTarget});
    defineChannels(reader, document, options);
    reader.checkReferences({{Kind::kChannel, kChannelHint}, {Kind::kOrigin, kChannelHint}});
    Configuration configuration = compile(reader, std::move(document), std::move(workflows), options, sources.files);
    if (diagnostics.errors() > 0) return std::nullopt;
    configuration.directory = sources.directory;
    std::vector<EffectiveValue> values = effectiveValues(sources.tree, sources.workflows, diagnostics);
    std::move(configuration.values.begin(), configuration.values.end(), std::back_inserter(values));
    configuration.values = std::move(values);
    return configuration;
}

}  // namespace

std::string sha256Hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) return {};
    std::string hex;
    for (unsigned int i = 0; i < length; ++i) {
        hex += "0123456789abcdef"[digest[i] >> 4U];
        hex += "0123456789abcdef"[digest[i] & 15U];
    }
    return hex;
}

LoadResult load(const LoadOptions& options) {
    Diagnostics diagnostics;
    const Sources sources = readSources(options.directory, diagnostics);
    LoadResult result;
    if (!sources.files.empty()) result.configuration = build(sources, options, diagnostics);
    result.diagnostics = diagnostics.sorted();
    return result;
}

}  // namespace pakn::config
