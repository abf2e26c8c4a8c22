#pragma once
/// @file
/// XML and JSON as a strict client reads them, and whether the two say the same.

#include <expat.h>
#include <rapidjson/document.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pakn::in_open311 {

struct XmlNode {
    std::string name = {};
    std::string text = {};
    std::vector<XmlNode> children = {};

    [[nodiscard]] const XmlNode& at(std::string_view wanted) const& {
        for (const XmlNode& child : children)
            if (child.name == wanted) return child;
        throw std::out_of_range{name + " has no " + std::string{wanted}};
    }
    /// Of a node that is about to go: a copy.
    [[nodiscard]] XmlNode at(std::string_view wanted) && { return std::as_const(*this).at(wanted); }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const XmlNode& child : children) all.push_back(child.name);
        return all;
    }
};

/// Throws std::runtime_error when it is not well-formed.
inline XmlNode parseXml(const std::string& text) {
    struct Reading {
        XmlNode top = {};
        std::vector<XmlNode*> open = {};
    } reading;
    reading.open.push_back(&reading.top);
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser{XML_ParserCreate(nullptr),
                                                                              &XML_ParserFree};
    XML_SetUserData(parser.get(), &reading);
    XML_SetElementHandler(
        parser.get(),
        [](void* data, const char* name, const char**) {
            auto& open = static_cast<Reading*>(data)->open;
            open.back()->children.push_back({.name = name});
            open.push_back(&open.back()->children.back());
        },
        [](void* data, const char*) { static_cast<Reading*>(data)->open.pop_back(); });
    XML_SetCharacterDataHandler(parser.get(), [](void* data, const char* bytes, int length) {
        static_cast<Reading*>(data)->open.back()->text.append(bytes, static_cast<std::size_t>(length));
    });
    if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), 1) != XML_STATUS_OK)
        throw std::runtime_error{std::string{"not well-formed: "} + XML_ErrorString(XML_GetErrorCode(parser.get()))};
    return reading.top.children.front();
}

/// Throws std::runtime_error when it is none.
inline std::shared_ptr<rapidjson::Document> parseJson(const std::string& text) {
    auto document = std::make_shared<rapidjson::Document>();
    document->Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
    if (document->HasParseError()) throw std::runtime_error{"no JSON: " + text.substr(0, 200)};
    return document;
}

/// Where the JSON is not the Spark mapping of the XML; empty: nowhere.
inline std::string difference(const XmlNode& xml, const rapidjson::Value& json) {
    if (json.IsObject()) {
        if (json.MemberCount() != xml.children.size()) return xml.name + " has other members";
        auto member = json.MemberBegin();
        for (const XmlNode& child : xml.children) {
            if (child.name != member->name.GetString()) return xml.name + '/' + child.name + " stands elsewhere";
            if (std::string other = difference(child, member->value); !other.empty()) return other;
            ++member;
        }
        return {};
    }
    if (json.IsArray()) {
        if (json.Size() != xml.children.size()) return xml.name + " is longer or shorter";
        for (rapidjson::SizeType i = 0; i < json.Size(); ++i)
            if (std::string other = difference(xml.children[i], json[i]); !other.empty()) return other;
        return {};
    }
    std::string said;
    if (json.IsString()) said = {json.GetString(), json.GetStringLength()};
    if (json.IsBool()) said = json.GetBool() ? "true" : "false";
    const bool equal = json.IsNumber() ? std::stod(xml.text) == json.GetDouble() : said == xml.text;
    return equal && xml.children.empty() && (json.IsNull() == xml.text.empty()) ? std::string{} : xml.name + " differs";
}

}  // namespace pakn::in_open311
