#include "core/app/open311/site.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace pakn::app::open311 {

namespace {

constexpr HttpClient::Limits kLimits{.timeout = std::chrono::seconds{20}, .max_body = 16U << 20U};
constexpr int kMostQuestions = 300;
constexpr std::size_t kMostDefinitions = 20;

std::string lower(std::string_view text) {
    std::string made{text};
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return made;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

std::string percentEncoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            out += c;
        else
            out.append(1, '%').append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
    }
    return out;
}

std::string headerOf(const Answer& answer, std::string_view name) {
    const auto found = answer.headers.find(name);
    return found == answer.headers.end() ? std::string{} : found->second;
}

/// Where an address goes: "https://host:443".
std::string_view originOf(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    return url.substr(0, url.find('/', scheme + 3));
}

std::string withoutSlash(std::string_view url) {
    while (url.ends_with('/')) url.remove_suffix(1);
    return std::string{url};
}

}  // namespace

std::string Answer::type() const {
    const std::string header = headerOf(*this, "content-type");
    return lower(trimmed(std::string_view{header}.substr(0, header.find(';'))));
}

std::string Answer::charset() const {
    const std::string header = lower(headerOf(*this, "content-type"));
    const std::size_t at = header.find("charset=");
    if (at == std::string::npos) return {};
    std::string named = header.substr(at + 8, header.find(';', at) - at - 8);
    std::erase(named, '"');
    return std::string{trimmed(named)};
}

std::string Answer::summary() const {
    if (status == 0) return trouble;
    const std::string kind = type();
    return std::to_string(status) + (kind.empty() ? std::string{} : ' ' + kind);
}

std::string encoded(const Fields& fields) {
    std::string all;
    for (const auto& [name, value] : fields) {
        if (!all.empty()) all += '&';
        all.append(percentEncoded(name)).append("=").append(percentEncoded(value));
    }
    return all;
}

Site::Site(HttpClient& client, Options options, Instant now)
    : client_{client}, options_{std::move(options)}, now_{now}, root_{withoutSlash(options_.url)} {}

Status Site::open() {
    const Answer& as_endpoint = remembered(withJurisdiction(root_ + "/services.xml"));
    if (as_endpoint.status == 0) return Error{.code = Errc::kUnavailable, .message = as_endpoint.trouble};
    if (as_endpoint.ok()) {
        endpoint_ = root_;
        root_ = root_.substr(0, root_.rfind('/'));
    }
    std::string production;
    if (const Answer& discovery = atRoot("/discovery.xml"); discovery.document)
        for (const Node& one : discovery.document->listOf("endpoints")) {
            const std::string_view type = one.textOf("type");
            if (type == "production" && production.empty()) production = reachable(one.textOf("url"));
            if (type == "test" && test_.empty()) test_ = reachable(one.textOf("url"));
        }
    if (endpoint_.empty()) endpoint_ = production.empty() ? root_ + "/v2" : production;
    return Done{};
}

/// A server behind another name tells that one: the same path where it was asked for is tried first.
std::string Site::reachable(std::string_view named) {
    const std::string_view origin = originOf(named);
    if (origin.empty()) return {};
    std::string here = withoutSlash(std::string{originOf(root_)}.append(named.substr(origin.size())));
    if (remembered(withJurisdiction(here + "/services.xml")).ok()) return here;
    std::string there = withoutSlash(named);
    return remembered(withJurisdiction(there + "/services.xml")).ok() ? there : std::string{};
}

std::string Site::withJurisdiction(std::string url) const {
    if (options_.jurisdiction.empty() || url.find("jurisdiction_id=") != std::string::npos) return url;
    url += url.find('?') == std::string::npos ? '?' : '&';
    return url + encoded({{"jurisdiction_id", options_.jurisdiction}});
}

const Answer& Site::atRoot(const std::string& path) { return remembered(withJurisdiction(root_ + path)); }

const Answer& Site::get(const std::string& path) { return remembered(withJurisdiction(endpoint_ + path)); }

Answer Site::getAtTest(const std::string& path) {
    return ask({.url = withJurisdiction((test_.empty() ? endpoint_ : test_) + path)});
}

Answer Site::send(const std::string& method, const std::string& path) {
    return ask({.method = method, .url = withJurisdiction(endpoint_ + path)});
}

Answer Site::post(const std::string& path, const Fields& fields, bool to_test, HttpHeaders headers) {
    Fields all = fields;
    if (!options_.jurisdiction.empty()) all.emplace_back("jurisdiction_id", options_.jurisdiction);
    headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8";
    return postWhole(path, std::move(headers), encoded(all), to_test);
}

Answer Site::postWhole(const std::string& path, HttpHeaders headers, std::string body, bool to_test) {
    return ask({.method = "POST",
                .url = (to_test && !test_.empty() ? test_ : endpoint_) + path,
                .headers = std::move(headers),
                .body = std::move(body)});
}

const Answer& Site::remembered(const std::string& url) {
    const auto known = answers_.find(url);
    return known != answers_.end() ? known->second : answers_.emplace(url, ask({.url = url})).first->second;
}

Answer Site::ask(const HttpRequest& request) {
    if (++asked_ > kMostQuestions) return {.trouble = "not asked: too many questions"};
    Result<HttpResponse> got = client_.perform(request, kLimits);
    if (!got) return {.trouble = got.error().message};
    Answer answer{.status = got->status, .headers = std::move(got->headers), .body = std::move(got->body)};
    const std::string_view path = std::string_view{request.url}.substr(0, request.url.find('?'));
    if (path.ends_with(".json"))
        answer.document = readJson(answer.body);
    else if (!path.ends_with(".csv"))
        answer.document = readXml(answer.body);
    return answer;
}

const std::vector<Node>& Site::services() {
    static const std::vector<Node> kNone;
    const Answer& list = get("/services.xml");
    return list.ok() && list.document ? list.document->children : kNone;
}

const std::vector<Node>& Site::requests() {
    static const std::vector<Node> kNone;
    const Answer& list = get("/requests.xml");
    return list.ok() && list.document ? list.document->children : kNone;
}

std::vector<const Node*> Site::definitions() {
    std::vector<const Node*> all;
    std::size_t looked_at = 0;
    for (const Node& service : services()) {
        if (service.textOf("metadata") != "true" || ++looked_at > kMostDefinitions) continue;
        const Answer& one = get("/services/" + percentEncoded(service.textOf("service_code")) + ".xml");
        if (one.ok() && one.document) all.push_back(&*one.document);
    }
    return all;
}

}  // namespace pakn::app::open311
