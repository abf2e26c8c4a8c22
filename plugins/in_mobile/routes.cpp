#include "routes.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace pakn::in_mobile {
namespace {

constexpr std::size_t kMostPart = 200;  ///< Bytes.

constexpr std::array kRoutes{
    Route{Call::kSendCode, "POST", "/codes", Who::kAnybody, "Sends a one-time code to a telephone number or e-mail."},
    Route{Call::kSignIn, "POST", "/session", Who::kAnybody, "Opens a session for whoever typed the code."},
    Route{Call::kSignOut, "DELETE", "/session", Who::kSignedIn,
          "Ends it; devices that were told with it are forgotten, and the one named in the body."},
    Route{Call::kMe, "GET", "/me", Who::kSignedIn, "Who is signed in."},
    Route{Call::kForm, "GET", "/form", Who::kAnybody, "What the app needs to draw the form."},
    Route{Call::kBeginUpload, "POST", "/uploads", Who::kWriter, "Begins, or finds again, a file that comes in parts."},
    Route{Call::kShowUpload, "GET", "/uploads/{upload}", Who::kWriter, "Which parts are there."},
    Route{Call::kPutPart, "PUT", "/uploads/{upload}/parts/{part}", Who::kWriter, "Takes one part: raw bytes."},
    Route{Call::kDropUpload, "DELETE", "/uploads/{upload}", Who::kWriter, "Throws it away."},
    Route{Call::kSubmit, "POST", "/petitions", Who::kWriter, "Hands a petition in."},
    Route{Call::kListOwn, "GET", "/petitions", Who::kSignedIn, "One's own petitions, the newest first."},
    Route{Call::kShowOwn, "GET", "/petitions/{code}", Who::kSender, "One of them with its steps and answer."},
    Route{Call::kOwnFile, "GET", "/petitions/{code}/files/{sha256}", Who::kSender, "A file of it or of its answer."},
    Route{Call::kRate, "POST", "/petitions/{code}/rating", Who::kSender, "Rates the answer."},
    Route{Call::kSupplement, "POST", "/petitions/{code}/supplements", Who::kSender,
          "Adds something, or answers a question."},
    Route{Call::kReopen, "POST", "/petitions/{code}/reopen", Who::kSender, "Asks to open it again."},
    Route{Call::kSendPetitionCode, "POST", "/petitions/{code}/codes", Who::kAnybody,
          "Sends a code to the number or address on record."},
    Route{Call::kOpenPetition, "POST", "/petitions/{code}/open", Who::kAnybody,
          "Gives the tracking token to whoever typed that code."},
    Route{Call::kNotifications, "GET", "/notifications", Who::kSignedIn,
          "What happened to one's own petitions, the newest first."},
    Route{Call::kKeepDevice, "PUT", "/devices", Who::kSignedIn, "Push notifications go to this device, too."},
    Route{Call::kForgetDevice, "DELETE", "/devices/{platform}", Who::kSignedIn, "They do not any more."},
    Route{Call::kListPublic, "GET", "/public", Who::kAnybody, "Petitions that everybody may see."},
    Route{Call::kShowPublic, "GET", "/public/{code}", Who::kAnybody, "One of them with its answer."},
    Route{Call::kPublicFile, "GET", "/public/{code}/files/{sha256}", Who::kAnybody, "A file of its answer."},
};

std::optional<unsigned> hexDigit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

/// Takes "/part" off the front; nothing when there is none, or an empty one.
std::optional<std::string_view> takePart(std::string_view& path) {
    if (!path.starts_with('/')) return std::nullopt;
    const std::size_t end = path.find('/', 1);
    const std::string_view part = path.substr(1, end == std::string_view::npos ? end : end - 1);
    if (part.empty() || part.size() > kMostPart) return std::nullopt;
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
    return part;
}

/// Codes, digests, ids and platforms have no other characters.
bool isText(std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::optional<PathParts> matched(std::string_view pattern, std::string_view path) {
    PathParts parts;
    while (!pattern.empty()) {
        const std::optional<std::string_view> wanted = takePart(pattern);
        const std::optional<std::string_view> there = takePart(path);
        if (!wanted || !there) return std::nullopt;
        if (wanted->front() == '{') {
            std::string part = percentDecoded(*there);
            if (!isText(part)) return std::nullopt;  // It names nothing.
            parts.emplace(wanted->substr(1, wanted->size() - 2), std::move(part));
        } else if (*wanted != *there)
            return std::nullopt;
    }
    if (!path.empty()) return std::nullopt;
    return parts;
}

}  // namespace

std::string_view nameOf(Who who) {
    constexpr std::array<std::string_view, 4> kNames{"anybody", "signed in", "writer", "sender"};
    return kNames.at(static_cast<std::size_t>(who));
}

std::span<const Route> routes() { return kRoutes; }

Found findRoute(std::string_view method, std::string_view path) {
    Found found;
    for (const Route& route : kRoutes) {
        std::optional<PathParts> parts = matched(route.path, path);
        if (!parts) continue;
        if (route.method == method) return {.route = &route, .parts = std::move(*parts)};
        if (!found.allow.empty()) found.allow += ", ";
        found.allow += route.method;
    }
    return found;
}

std::string routeTable() {
    std::string table = "| call | who | what |\n|---|---|---|\n";
    for (const Route& route : kRoutes)
        table.append("| `")
            .append(route.method)
            .append(" ")
            .append(route.path)
            .append("` | ")
            .append(nameOf(route.who))
            .append(" | ")
            .append(route.what)
            .append(" |\n");
    return table;
}

std::string percentDecoded(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : std::nullopt;
        const auto low = high ? hexDigit(text[i + 2]) : std::nullopt;
        if (low) {
            bytes += static_cast<char>(*high * 16 + *low);
            i += 2;
        } else {
            bytes += text[i];
        }
    }
    return bytes;
}

}  // namespace pakn::in_mobile
