#include "core/http/answer_bytes.hpp"

#include <Poco/Net/HTTPResponse.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/http/encoding.hpp"

namespace pakn::http {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kDefaults{{
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
}};

class Fields {
public:
    void line(std::string_view text) { text_.append(text).append("\r\n"); }
    void field(std::string_view name, std::string_view value) {
        text_.append(name).append(": ");
        // No header of ours has a line end; if one ever did, it must not become two.
        for (const char c : value) text_ += c == '\r' || c == '\n' ? ' ' : c;
        text_.append("\r\n");
    }
    std::string take() { return std::move(text_); }
    explicit Fields(std::size_t room) { text_.reserve(room); }

private:
    std::string text_;
};

}  // namespace

std::string headOf(const Response& response, std::string_view date, bool keep_alive) {
    constexpr std::size_t kUsualLength = 512;
    const auto status = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(response.status);
    Fields head{kUsualLength + (response.body.size() < kUsualLength * 8 ? response.body.size() : 0)};
    head.line("HTTP/1.1 " + std::to_string(response.status) + ' ' +
              Poco::Net::HTTPResponse::getReasonForStatus(status));
    head.field("Date", date);
    head.field("Connection", keep_alive ? "keep-alive" : "close");
    if (response.status != 204) {
        head.field("Content-Length", std::to_string(response.file ? response.file->size() : response.body.size()));
        if (!response.content_type.empty()) head.field("Content-Type", response.content_type);
    }
    for (const auto& [name, value] : kDefaults) {
        const auto same = [&name = name](const auto& own) { return equalIgnoringCase(own.first, name); };
        if (std::none_of(response.headers.begin(), response.headers.end(), same)) head.field(name, value);
    }
    for (const auto& [name, value] : response.headers) head.field(name, value);
    head.line("");
    return head.take();
}

}  // namespace pakn::http
