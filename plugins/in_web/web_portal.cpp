/// @file
/// See web_portal.hpp.

#include "web_portal.hpp"

#include <array>
#include <exception>
#include <string>
#include <utility>

#include "text.hpp"

namespace pakn::in_web {
namespace {

constexpr std::chrono::minutes kSweepEvery{5};

/// Robots find what everybody may read; the rest is one person's.
constexpr std::string_view kRobots =
    "User-agent: *\nDisallow: /api/\nDisallow: /da-gui\nDisallow: /gui\nDisallow: /nhap\nDisallow: "
    "/phan-anh/\nDisallow: /track/\n"
    "Disallow: /tra-cuu\n";

/// The parts of a path behind a prefix: "a/b/c" is a, b, c. More than three are none.
struct Segments {
    std::array<std::string_view, 3> part = {};
    std::size_t count = 0;

    explicit Segments(std::string_view rest) {
        while (count < part.size()) {
            part[count++] = rest.substr(0, rest.find('/'));
            if (rest.find('/') == std::string_view::npos) return;
            rest.remove_prefix(rest.find('/') + 1);
        }
        count = part.size() + 1;
    }
    [[nodiscard]] bool is(std::size_t wanted, std::string_view second = {}) const {
        return count == wanted && (second.empty() || part[1] == second);
    }
};

}  // namespace

Portal::Portal(const Settings& settings, HostServices& services) : rules_{rulesOf(settings)}, services_{services} {}

HttpResponse Portal::handle(const HttpRequest& request, Inbox& inbox) {
    Visit visit{request, services_.address()};
    try {
        return answer(visit, inbox);
    } catch (const std::exception&) {
        // Its words may quote what somebody typed.
        services_.log(LogLevel::kError, "a page could not be made");
        services_.count("pages_broken", 1);
        return pages_.failure(visit, 500, "failure.broken_title", "failure.broken");
    }
}

HttpResponse Portal::answer(Visit& visit, Inbox& inbox) {
    if (visit.method() != "GET" && visit.method() != "POST") return pages_.notAllowed(visit, "GET, HEAD, POST");
    if (visit.posts() && !visit.isOfThisSite()) {
        services_.count("strangers", 1);
        return pages_.failure(visit, 403, "failure.stranger_title", "failure.stranger");
    }
    return route(visit, inbox);
}

HttpResponse Portal::route(Visit& visit, Inbox& inbox) {
    const std::string& path = visit.path();
    const bool posts = visit.posts();
    if (path == "/gui") return posts ? reports_.take(visit, inbox) : reports_.blank(visit);
    if (path == "/tra-cuu") return posts ? tracking_.lookUp(visit) : tracking_.find(visit);
    if (path == "/tra-cuu/ma") return posts ? tracking_.openByCode(visit) : Pages::redirect(visit, "/tra-cuu");
    if (const auto code = visit.behind("/track/"); code && isCode(*code) && !posts)  // As messages of the hub have it.
        return tracking_.show(visit, std::string{*code});
    if (auto page = draftPage(visit, inbox)) return std::move(*page);
    if (auto page = petitionPage(visit, inbox)) return std::move(*page);
    std::optional<HttpResponse> page = publicPage(visit);
    if (!page) return pages_.failure(visit, 404, "failure.not_found_title", "failure.not_found");
    return posts ? pages_.notAllowed(visit, "GET, HEAD") : std::move(*page);
}

std::optional<HttpResponse> Portal::draftPage(Visit& visit, Inbox& inbox) {
    const bool posts = visit.posts();
    if (visit.path() == "/nhap") return posts ? pages_.notAllowed(visit, "GET, HEAD") : reports_.drafts(visit, inbox);
    const std::optional<std::string_view> rest = visit.behind("/nhap/");
    if (!rest) return std::nullopt;
    const Segments segments{*rest};
    const std::string_view handle = segments.part[0];
    if (!isToken(handle, 16, 16)) return std::nullopt;
    if (segments.is(1)) return posts ? pages_.notAllowed(visit, "GET, HEAD") : reports_.edit(visit, inbox, handle);
    if (segments.is(2, "kiem-tra"))
        return posts ? pages_.notAllowed(visit, "GET, HEAD") : reports_.check(visit, inbox, handle);
    // Whoever reloads the page that an answer to a form was, or changes its language, comes by GET.
    if (segments.is(2, "gui"))
        return posts ? reports_.send(visit, inbox, handle) : Pages::redirect(visit, "/nhap/" + std::string{handle});
    if (segments.is(2, "xoa")) return posts ? reports_.remove(visit, inbox, handle) : Pages::redirect(visit, "/nhap");
    return std::nullopt;
}

std::optional<HttpResponse> Portal::petitionPage(Visit& visit, Inbox& inbox) {
    const bool posts = visit.posts();
    const std::optional<std::string_view> rest = visit.behind("/phan-anh/");
    if (!rest) return std::nullopt;
    const Segments segments{*rest};
    const std::string code{segments.part[0]};
    if (!isCode(code)) return std::nullopt;
    if (segments.is(1)) return posts ? pages_.notAllowed(visit, "GET, HEAD") : tracking_.show(visit, code);
    if (segments.is(3, "tep") && isSha256(segments.part[2]))
        return posts ? pages_.notAllowed(visit, "GET, HEAD") : tracking_.file(visit, code, segments.part[2]);
    constexpr std::array<std::pair<std::string_view, Saying>, 3> kSayings{
        {{"bo-sung", Saying::kSupplement}, {"danh-gia", Saying::kRating}, {"xem-lai", Saying::kReopening}}};
    for (const auto& [name, saying] : kSayings)
        if (segments.is(2, name))
            return posts ? tracking_.say(visit, inbox, code, saying) : Pages::redirect(visit, "/phan-anh/" + code);
    if (segments.is(2, "quen"))
        return posts ? tracking_.forget(visit, code) : Pages::redirect(visit, "/phan-anh/" + code);
    return std::nullopt;
}

std::optional<HttpResponse> Portal::publicPage(Visit& visit) {
    const std::string& path = visit.path();
    if (path == "/") return list_.home(visit);
    if (path == "/da-gui") return reports_.sent(visit);
    if (path == "/cong-khai") return list_.list(visit);
    if (path == "/favicon.ico") return pages_.asset(visit, "icon.svg");
    if (path == "/robots.txt")
        return HttpResponse{.headers = {{"content-type", "text/plain; charset=utf-8"}}, .body = std::string{kRobots}};
    if (const auto name = visit.behind("/static/")) return pages_.asset(visit, *name);
    if (const auto rest = visit.behind("/cong-khai/")) {
        const Segments segments{*rest};
        const std::string code{segments.part[0]};
        if (!isCode(code)) return std::nullopt;
        if (segments.is(1)) return list_.show(visit, code);
        if (segments.is(3, "tep") && isSha256(segments.part[2])) return list_.file(visit, code, segments.part[2]);
    }
    return std::nullopt;
}

Status Portal::sweep(Inbox& inbox, const std::stop_token& stop) {
    const Instant now = services_.now();
    if (stop.stop_requested() || now < next_sweep_) return Done{};
    const Result<int> swept = DraftBox::sweep(inbox, now - rules_.keep_drafts, stop);
    if (!swept) return swept.error();
    if (*swept > 0)
        services_.count("drafts_swept", *swept);
    else
        next_sweep_ = now + kSweepEvery;
    return Done{};
}

}  // namespace pakn::in_web
