#pragma once
/// @file
/// Answers of the verbs in JSON.

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <iostream>
#include <string_view>

namespace pakn::app {

/// An object on stdout, written member by member.
class JsonOutput {
public:
    using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

    /// `wanted` false: nothing is written, so that a verb may fill it beside its text for people.
    explicit JsonOutput(bool wanted = true) : wanted_{wanted} { writer_.StartObject(); }
    ~JsonOutput() {
        writer_.EndObject();
        if (wanted_) std::cout << buffer_.GetString() << '\n';
    }
    JsonOutput(const JsonOutput&) = delete;
    JsonOutput& operator=(const JsonOutput&) = delete;

    Writer& writer() { return writer_; }
    void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
    void text(std::string_view value) { writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size())); }
    void member(std::string_view name, std::string_view value) {
        key(name);
        text(value);
    }
    void member(std::string_view name, const char* value) { member(name, std::string_view{value}); }
    void member(std::string_view name, bool value) {
        key(name);
        writer_.Bool(value);
    }
    void member(std::string_view name, std::int64_t value) {
        key(name);
        writer_.Int64(value);
    }

    /// Null instead of an empty text.
    void memberOrNull(std::string_view name, std::string_view value) {
        key(name);
        if (value.empty())
            writer_.Null();
        else
            text(value);
    }

private:
    const bool wanted_;
    rapidjson::StringBuffer buffer_;
    Writer writer_{buffer_};
};

}  // namespace pakn::app
