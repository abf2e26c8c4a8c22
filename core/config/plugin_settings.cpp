#include "core/config/plugin_settings.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include "core/config/codecs.hpp"
#include "core/config/secrets.hpp"
#include "core/config/values.hpp"

namespace pakn::config {

namespace {

namespace fs = std::filesystem;
using Value = std::optional<std::string>;

class SettingsReader {
public:
    SettingsReader(Reader& reader, bool check_environment) : reader_{reader}, check_environment_{check_environment} {}

    void take(const Option& option, const Node& node) {
        if (option.type == OptionType::kTextList) {
            if (!expectList(reader_, node)) return;
            std::vector<std::string> texts;
            for (const Node& item : node.items)
                if (Value text = openText(item)) texts.push_back(std::move(*text));
            lists_.emplace(option.name, std::move(texts));
        } else if (Value value = canonical(option, node)) {
            values_.emplace(option.name, std::move(*value));
        }
    }

    Settings finish() && { return Settings{std::move(values_), std::move(lists_)}; }

private:
    Value canonical(const Option& option, const Node& node) {
        switch (option.type) {
            case OptionType::kText:
                return openText(node);
            case OptionType::kInteger:
                return integer(node);
            case OptionType::kFlag:
                return flag(node);
            case OptionType::kDuration:
                return duration(node);
            case OptionType::kSize:
                return size(node);
            case OptionType::kDirectory:
                return path(node, "folder", &isFolder);
            case OptionType::kFile:
                return path(node, "file", &isFile);
            case OptionType::kUrl:
                return url(node);
            case OptionType::kSecret:
                return secret(node);
            case OptionType::kTextList:
                break;  // Has no single value, see take().
        }
        return std::nullopt;
    }

    /// A text that is shown and logged, so no reference to a secret.
    Value openText(const Node& node) {
        Value text = scalarText(reader_, node, "a text");
        if (!text || !parseSecretReference(*text)) return text;
        reader_.error(node.mark, "this option is no secret, so it takes no reference to one", "write the value itself");
        return std::nullopt;
    }

    Value integer(const Node& node) {
        using Limits = std::numeric_limits<std::int64_t>;
        const auto value = readInteger(reader_, node, Limits::min(), Limits::max());
        return value ? Value{std::to_string(*value)} : std::nullopt;
    }

    Value flag(const Node& node) {
        std::optional<bool> value;
        Flag::read(reader_, node, value);
        return value ? Value{*value ? "true" : "false"} : std::nullopt;
    }

    Value duration(const Node& node) {
        const auto value = readMilliseconds(reader_, node, std::chrono::milliseconds{0}, std::chrono::days{3660});
        return value ? Value{std::to_string(value->count())} : std::nullopt;
    }

    Value size(const Node& node) {
        const std::size_t errors = reader_.diagnostics().errors();
        std::size_t bytes = 0;
        Size::read(reader_, node, bytes);
        return errors == reader_.diagnostics().errors() ? Value{std::to_string(bytes)} : std::nullopt;
    }

    static bool isFolder(const fs::path& path) {
        std::error_code failed;
        return fs::is_directory(path, failed);
    }
    static bool isFile(const fs::path& path) {
        std::error_code failed;
        return fs::is_regular_file(path, failed);
    }

    Value path(const Node& node, std::string_view what, bool (*exists)(const fs::path&)) {
        const Value text = openText(node);
        if (!text) return std::nullopt;
        fs::path absolute = reader_.resolve(*text);
        if (check_environment_ && !exists(absolute))
            reader_.error(node.mark, "there is no " + std::string{what} + " " + inQuotes(absolute.string()),
                          "create it; relative paths start at the configuration directory");
        return absolute.string();
    }

    Value url(const Node& node) {
        const std::size_t errors = reader_.diagnostics().errors();
        std::string address;
        Url::read(reader_, node, address);
        return errors == reader_.diagnostics().errors() ? Value{std::move(address)} : std::nullopt;
    }

    /// What stands there is never quoted: it may be the secret itself.
    Value secret(const Node& node) {
        const Value text = scalarText(reader_, node, "a reference to a secret");
        if (!text) return std::nullopt;
        const std::optional<SecretReference> reference = parseSecretReference(*text);
        if (!reference) {
            reader_.error(node.mark, "a secret must not stand in the configuration", std::string{kSecretForms});
            return std::nullopt;
        }
        Result<std::string> value = resolveSecret(*reference, reader_.resolve("."));
        if (value) return std::move(*value);
        if (check_environment_) reader_.error(node.mark, value.error().message, "put it there");
        return std::nullopt;
    }

    Reader& reader_;
    bool check_environment_;
    Settings::Values values_;
    Settings::Lists lists_;
};

/// An option's default as if it had been written `at`.
Node defaultNode(const Option& option, const Mark& at) {
    Diagnostics unheard;
    Node node = parseYaml(option.default_value, unheard.addFile("default"), unheard).root;
    node.mark = at;
    for (Node& item : node.items) item.mark = at;
    return node;
}

}  // namespace

Settings readSettings(Reader& reader, const Node* node, const Mark& at, std::span<const Option> options,
                      bool check_environment) {
    SettingsReader settings{reader, check_environment};
    const Node nothing = Node::emptyMap(at);
    const Node& written = node && !node->isNull() ? *node : nothing;
    if (written.kind != Node::Kind::kMap) return {};
    for (const Entry& entry : written.entries) {
        const auto option =
            std::find_if(options.begin(), options.end(), [&](const Option& one) { return one.name == entry.key; });
        if (option != options.end()) {
            settings.take(*option, entry.value);
            continue;
        }
        std::vector<std::string> names;
        for (const Option& one : options) names.emplace_back(one.name);
        reportUnknownKey(reader, entry, std::move(names));
    }
    for (const Option& option : options) {
        if (written.find(option.name)) continue;
        if (option.required())
            reportMissingKey(reader, written, option.name);
        else if (!option.default_value.empty())
            settings.take(option, defaultNode(option, written.mark));
    }
    return std::move(settings).finish();
}

}  // namespace pakn::config
