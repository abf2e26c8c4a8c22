#include "template.hpp"

#include <kainjow/mustache.hpp>

#include "text.hpp"

namespace pakn::in_portal {
namespace {

namespace mustache = kainjow::mustache;

/// An empty text and `false` make a section disappear, as an absent value does.
mustache::data toData(const Json& value) {
    if (value.IsObject()) {
        mustache::data object{mustache::data::type::object};
        for (const auto& member : value.GetObject()) object.set(std::string{viewOf(member.name)}, toData(member.value));
        return object;
    }
    if (value.IsArray()) {
        mustache::data list{mustache::data::type::list};
        for (const Json& item : value.GetArray()) list.push_back(toData(item));
        return list;
    }
    if (value.IsBool()) return mustache::data{value.GetBool()};
    if (value.IsString() && value.GetStringLength() > 0) return mustache::data{std::string{viewOf(value)}};
    return mustache::data{mustache::data::type::bool_false};
}

std::string renderData(const std::string& text, Escape escape, const mustache::data& data) {
    mustache::mustache compiled{text};
    compiled.set_custom_escape([escape](const std::string& value) {
        if (escape == Escape::kJson) return jsonEscaped(value);
        return escape == Escape::kUrl ? urlEncoded(value) : value;
    });
    return compiled.render(data);
}

}  // namespace

std::optional<std::string> Template::problem() const {
    const mustache::mustache compiled{text_};
    if (compiled.is_valid()) return std::nullopt;
    return compiled.error_message();
}

std::string Template::render(const Json& item) const { return renderData(text_, escape_, toData(item)); }

std::string Template::render(const std::map<std::string, std::string>& values) const {
    mustache::data data{mustache::data::type::object};
    for (const auto& [name, value] : values)
        data.set(name, value.empty() ? mustache::data{mustache::data::type::bool_false} : mustache::data{value});
    return renderData(text_, escape_, data);
}

}  // namespace pakn::in_portal
