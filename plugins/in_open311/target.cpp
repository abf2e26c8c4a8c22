#include "target.hpp"

#include <vector>

#include "text.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::size_t kMostSegments = 5;
constexpr std::size_t kMostItem = 200;

Problem noSuch() { return {404, "Không có địa chỉ này."}; }

std::optional<std::vector<std::string>> segmentsOf(std::string_view path) {
    std::vector<std::string> segments;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        std::optional<std::string> decoded = percentDecoded(segment, false);
        if (!decoded || !isSound(*decoded) || segments.size() == kMostSegments) return std::nullopt;
        segments.push_back(*std::move(decoded));
    }
    return path.empty() && !segments.empty() ? std::optional{std::move(segments)} : std::nullopt;
}

std::optional<Resource> resourceNamed(std::string_view name, bool has_item) {
    if (name == "services") return has_item ? Resource::kDefinition : Resource::kServices;
    if (name == "requests") return has_item ? Resource::kRequest : Resource::kRequests;
    if (name == "tokens" && has_item) return Resource::kToken;
    if (name == "servicerequestupdates" && !has_item) return Resource::kUpdates;
    return std::nullopt;
}

/// The resource behind the segments, whose last one has lost its format by now.
std::optional<Target> targetOf(const std::vector<std::string>& segments) {
    if (segments.size() == 1 && segments[0] == "discovery") return Target{};
    std::size_t at = 0;
    Target target;
    if (segments[at] == "test") {
        target.test = true;
        ++at;
    }
    if (segments.size() < at + 2 || segments.size() > at + 3 || segments[at] != "v2") return std::nullopt;
    const bool has_item = segments.size() == at + 3;
    const std::optional<Resource> resource = resourceNamed(segments[at + 1], has_item);
    if (!resource) return std::nullopt;
    target.resource = *resource;
    if (has_item) target.item = segments[at + 2];
    return has_item && (target.item.empty() || target.item.size() > kMostItem) ? std::nullopt : std::optional{target};
}

}  // namespace

Outcome<Target> readTarget(std::string_view path, Format& asked) {
    std::optional<std::vector<std::string>> segments = segmentsOf(path);
    if (!segments) return noSuch();
    std::string& last = segments->back();
    const std::size_t dot = last.rfind('.');
    std::optional<Format> format;
    if (dot != std::string::npos) format = formatNamed(std::string_view{last}.substr(dot + 1));
    if (format && *format != Format::kCsv) asked = *format;
    if (dot != std::string::npos) last.resize(dot);
    std::optional<Target> target = targetOf(*segments);
    if (!target) return noSuch();
    const bool has_table = target->resource == Resource::kRequests;
    if (!format || (*format == Format::kCsv && !has_table))
        return Problem{400, "Địa chỉ phải kết thúc bằng .xml hoặc .json."};
    target->format = *format;
    return *std::move(target);
}

std::string_view allowedOn(Resource resource) {
    const bool takes = resource == Resource::kRequests || resource == Resource::kUpdates;
    return takes ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
}

}  // namespace pakn::in_open311
