#include "core/config/schema.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/config/document.hpp"
#include "core/config/workflow_file.hpp"

namespace pakn::config {

namespace {

/// Just enough JSON to write a schema: members keep their order, one line each.
class Json {
public:
    void open(char bracket) {
        text_ += bracket;
        ++depth_;
        first_ = true;
    }
    void close(char bracket) {
        --depth_;
        if (!first_) newLine();
        text_ += bracket;
        first_ = false;
    }
    void key(std::string_view name) {
        next();
        quoted(name);
        text_ += ": ";
    }
    void item() { next(); }
    void text(std::string_view value) { quoted(value); }
    void raw(std::string_view value) { text_ += value; }
    void member(std::string_view name, std::string_view value) {
        key(name);
        text(value);
    }
    void rawMember(std::string_view name, std::string_view value) {
        key(name);
        raw(value);
    }
    void object(std::string_view name, const std::function<void()>& inside) {
        key(name);
        open('{');
        inside();
        close('}');
    }
    [[nodiscard]] std::string take() { return std::move(text_) + "\n"; }

private:
    void next() {
        if (!first_) text_ += ',';
        first_ = false;
        newLine();
    }
    void newLine() { text_ += '\n' + std::string(2U * depth_, ' '); }
    void quoted(std::string_view value) {
        text_ += '"';
        for (const char c : value) {
            if (c == '"' || c == '\\') text_ += '\\';
            text_ += c;
        }
        text_ += '"';
    }

    std::string text_;
    std::size_t depth_ = 0;
    bool first_ = true;
};

/// How a scalar of a table's word looks. A text may be written as a number: 19753 is the code of a ward.
struct ScalarForm {
    std::string_view word;
    std::string_view type;
    std::string_view pattern;
};
constexpr std::string_view kAnyScalar = R"(["string", "number", "boolean"])";
constexpr std::string_view kStringType = R"("string")";
constexpr std::string_view kNameForm = "^[a-z0-9][a-z0-9._-]{0,63}$";
constexpr ScalarForm kScalarForms[] = {
    {"name", R"(["string", "integer"])", kNameForm},
    {"flag", R"("boolean")", {}},
    {"integer", R"("integer")", {}},
    {"duration", kStringType, "^[0-9]+(ms|s|m|h|d)$"},
    {"limit", kStringType, "^[0-9]+(s|m|h|d|wm|wh|wd)$"},
    {"calendar limit", kStringType, "^[0-9]+(s|m|h|d)$"},
    {"size", kStringType, "^[0-9]+(B|KB|MB|GB)$"},
    {"rate", kStringType, "^[0-9]+/(s|m|h)$"},
    {"N in duration", kStringType, "^[0-9]+ in [0-9]+(ms|s|m|h|d)$"},
    {"period", kStringType, "^[0-9]+ *(y|years?|months?|d|days?)$"},
    {"sha256", R"(["string", "integer"])", "^[0-9a-fA-F]{64}$"},
    {"date", kStringType, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    {"hh:mm-hh:mm", kStringType, "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$"},
    {"host:port", kStringType, ":[0-9]+$"},
    {"url", kStringType, "^https?://"},
    {"phone number", R"(["string", "integer"])", "[0-9]"},
    {"e-mail address", kStringType, "^[^@ ]+@[^@ ]+$"},
    {"secret", kStringType, "^\\$\\{(credential|file|env):[^{}]+\\}$"},
    {"path", kStringType, {}},
    {"address or range", kStringType, "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"},
};

class SchemaWriter {
public:
    void begin(std::string_view title) {
        json_.open('{');
        json_.member("$schema", "http://json-schema.org/draft-07/schema#");
        json_.member("title", title);
    }
    std::string finish() {
        json_.close('}');
        return json_.take();
    }

    /// Members of the schema of a section; the object is open.
    void section(const std::vector<KeyInfo>& keys, const std::vector<std::string_view>& required,
                 const std::function<void()>& more = {}) {
        json_.member("type", "object");
        json_.rawMember("additionalProperties", "false");
        if (!required.empty()) choices("required", required);
        json_.object("properties", [&] {
            if (more) more();
            for (const KeyInfo& one : keys)
                json_.object(one.name, [&] {
                    const std::string later = one.shape.later ? " Accepted, not in effect yet." : "";
                    json_.member("description", std::string{one.help} + later);
                    shape(one.shape, one.name);
                });
        });
    }

    /// Members of the schema of a value; the object is open. `holder` is the key it stands under.
    void shape(const Shape& shape, std::string_view holder) {
        switch (shape.form) {
            case Shape::Form::kScalar:
                return scalar(shape);
            case Shape::Form::kChoice:
                return choices("enum", {shape.choices.begin(), shape.choices.end()});
            case Shape::Form::kList:
                return list(shape, holder);
            case Shape::Form::kMap:
                json_.rawMember("type", R"(["object", "null"])");
                return json_.object("additionalProperties", [&] { this->shape(shape.element(), holder); });
            case Shape::Form::kFree:
                return json_.rawMember("type", R"(["object", "null"])");
            case Shape::Form::kSection:
                section(shape.keys(), whole_ ? requiredOf(shape.keys()) : std::vector<std::string_view>{});
                if (holder == "connectors") settings();
                return;
        }
    }

    void options(const Descriptor& plugin) {
        json_.member("type", "object");
        json_.rawMember("additionalProperties", "false");
        json_.object("properties", [&] {
            for (const Option& option : plugin.info.options)
                json_.object(option.name, [&] {
                    std::string help{option.help};
                    if (!option.default_value.empty()) help += " Default " + std::string{option.default_value} + ".";
                    json_.member("description", help);
                    optionType(option);
                });
        });
    }

    Json& json() { return json_; }
    void setPlugins(std::span<const Descriptor* const> plugins) {
        plugins_.assign(plugins.begin(), plugins.end());
        std::sort(plugins_.begin(), plugins_.end(),
                  [](const Descriptor* a, const Descriptor* b) { return a->info.name < b->info.name; });
    }
    /// A file says all that there is: required keys are required.
    void setWhole() { whole_ = true; }

    static std::vector<std::string_view> requiredOf(const std::vector<KeyInfo>& keys) {
        std::vector<std::string_view> names;
        for (const KeyInfo& one : keys)
            if (one.need == Need::kRequired) names.push_back(one.name);
        return names;
    }

private:
    void choices(std::string_view name, const std::vector<std::string_view>& values) {
        json_.key(name);
        json_.open('[');
        for (const std::string_view one : values) {
            json_.item();
            json_.text(one);
        }
        json_.close(']');
    }

    void scalar(const Shape& shape) {
        const auto* form = std::find_if(std::begin(kScalarForms), std::end(kScalarForms),
                                        [&](const ScalarForm& one) { return one.word == shape.word; });
        if (form == std::end(kScalarForms)) return json_.rawMember("type", kAnyScalar);  // A text, or somebody's name.
        json_.rawMember("type", form->type);
        if (!form->pattern.empty()) json_.member("pattern", form->pattern);
        if (shape.least < shape.most) {
            json_.rawMember("minimum", std::to_string(shape.least));
            json_.rawMember("maximum", std::to_string(shape.most));
        }
    }

    void list(const Shape& shape, std::string_view holder) {
        const auto as_list = [&] {
            json_.rawMember("type", R"(["array", "null"])");
            json_.object("items", [&] { item(shape.element(), holder); });
        };
        if (!shape.or_one) return as_list();
        json_.key("anyOf");
        json_.open('[');
        json_.item();
        json_.open('{');
        as_list();
        json_.close('}');
        json_.item();
        json_.open('{');
        item(shape.element(), holder);
        json_.close('}');
        json_.close(']');
    }

    /// A thing with an id or name may say the rest in another file; any other one is said at once.
    void item(const Shape& element, std::string_view holder) {
        if (element.form != Shape::Form::kSection || whole_) return shape(element, holder);
        const std::vector<KeyInfo> keys = element.keys();
        const auto identity = std::find_if(keys.begin(), keys.end(),
                                           [](const KeyInfo& one) { return one.name == "id" || one.name == "name"; });
        section(keys, identity == keys.end() ? requiredOf(keys) : std::vector<std::string_view>{identity->name});
    }

    /// A connector's settings follow its plugin.
    void settings() {
        if (plugins_.empty()) return;
        json_.key("allOf");
        json_.open('[');
        for (const Descriptor* plugin : plugins_) {
            json_.item();
            json_.open('{');
            json_.object("if", [&] {
                json_.rawMember("required", R"(["plugin"])");
                json_.object("properties",
                             [&] { json_.object("plugin", [&] { json_.member("const", plugin->info.name); }); });
            });
            json_.object("then", [&] {
                json_.object("properties", [&] { json_.object("settings", [&] { options(*plugin); }); });
            });
            json_.close('}');
        }
        json_.close(']');
    }

    void optionType(const Option& option) {
        switch (option.type) {
            case OptionType::kInteger:
                return scalar({.word = "integer"});
            case OptionType::kFlag:
                return scalar({.word = "flag"});
            case OptionType::kDuration:
                return scalar({.word = "duration"});
            case OptionType::kSize:
                return scalar({.word = "size"});
            case OptionType::kUrl:
                return scalar({.word = "url"});
            case OptionType::kSecret:
                json_.rawMember("type", kStringType);
                return json_.member("pattern", R"(^\$\{(credential|file|env):.+\}$)");
            case OptionType::kTextList:
                json_.member("type", "array");
                return json_.object("items", [&] { json_.rawMember("type", kAnyScalar); });
            case OptionType::kText:
            case OptionType::kDirectory:
            case OptionType::kFile:
                break;
        }
        json_.rawMember("type", kAnyScalar);
    }

    Json json_;
    std::vector<const Descriptor*> plugins_;
    bool whole_ = false;
};

}  // namespace

std::string configurationSchema(std::span<const Descriptor* const> plugins) {
    SchemaWriter schema;
    schema.setPlugins(plugins);
    schema.begin("Configuration of PAKN Hub");
    schema.section(keyInfos<Document>(), {}, [&] {
        schema.json().object("include", [&] {
            schema.json().member("description", "Directories that this one builds upon; paths start at this file.");
            schema.json().member("type", "array");
            schema.json().object("items", [&] { schema.json().member("type", "string"); });
        });
    });
    return schema.finish();
}

std::string workflowSchema() {
    SchemaWriter schema;
    schema.setWhole();
    schema.begin("A workflow of PAKN Hub");
    const std::vector<KeyInfo> keys = keyInfos<domain::Workflow>();
    schema.section(keys, SchemaWriter::requiredOf(keys));
    return schema.finish();
}

}  // namespace pakn::config
