#include "server.hpp"

#include <algorithm>
#include <utility>

#include "visit.hpp"

namespace pakn::in_open311 {
namespace {

/// Where we are when the hub has no public address: as the client called us, if that can be an address.
std::string baseOf(const HostServices& services, const HttpRequest& request) {
    if (std::string own = services.address(); !own.empty()) return own;
    const auto host = request.headers.find("host");
    const bool named = host != request.headers.end() && !host->second.empty() && host->second.size() <= 255 &&
                       host->second.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                           "-.:[]_") == std::string::npos;
    if (!named) return request.mount;
    return (request.https ? "https://" : "http://") + host->second + request.mount;
}

HttpResponse notAllowed(const Target& target) {
    HttpResponse response = answer(target.format, Problems{{405, "Địa chỉ này không nhận phương thức đã dùng."}});
    response.headers["allow"] = allowedOn(target.resource);
    return response;
}

HttpResponse options(const Target& target) {
    HttpResponse response{.status = 204};
    response.headers["allow"] = allowedOn(target.resource);
    response.headers["access-control-allow-methods"] = "GET, HEAD, OPTIONS";
    response.headers["access-control-max-age"] = "86400";
    return readableByPages(std::move(response));
}

HttpResponse table(std::string text) {
    return {.status = 200, .headers = {{"content-type", "text/csv; charset=utf-8"}}, .body = std::move(text)};
}

}  // namespace

HttpResponse Server::handle(const HttpRequest& request, Inbox& inbox, const std::stop_token& stop) {
    const std::string_view url = request.url;
    const std::string_view path = url.substr(0, url.find('?'));
    Format asked = Format::kXml;
    Outcome<Target> target = readTarget(path, asked);
    if (!target) return answer(asked, target.problems());
    Visit visit{.request = request,
                .target = *std::move(target),
                .query = url.substr(std::min(path.size() + 1, url.size())),
                .stop = stop};
    if (request.method == "OPTIONS") return options(visit.target);
    if (request.method == "GET" || request.method == "HEAD") return readableByPages(get(visit));
    const bool takes = allowedOn(visit.target.resource).find(request.method) != std::string_view::npos;
    if (request.method != "POST" || !takes) return notAllowed(visit.target);
    return post(visit, inbox);
}

HttpResponse Server::get(const Visit& visit) {
    Outcome<Form> parameters = readQuery(visit.query);
    if (!parameters) return answer(visit.target.format, parameters.problems());
    if (const std::optional<Problem> no = elsewhere(*parameters)) return answer(visit.target.format, Problems{*no});
    Visit whole{visit};
    whole.parameters = *std::move(parameters);
    std::optional<std::string> portal;
    if (!whole.parameters.first("api_key").empty()) {
        Outcome<std::string> known = portalOf(whole.parameters);
        if (!known) return answer(visit.target.format, known.problems());
        portal = *std::move(known);
    }
    if (visit.target.resource == Resource::kRequests) return getRequests(whole, portal);
    const Outcome<Tree> tree = treeFor(whole, portal);
    return tree ? answer(visit.target.format, *tree) : answer(visit.target.format, tree.problems());
}

Outcome<Tree> Server::treeFor(const Visit& visit, const std::optional<std::string>& portal) {
    switch (visit.target.resource) {
        case Resource::kDiscovery:
            return discovery(visit.request);
        case Resource::kDefinition:
            return definition(visit.target.item);
        case Resource::kRequest:
            return request(visit, portal);
        case Resource::kToken:
            return token(visit.target.item);
        case Resource::kUpdates:
            return updates(visit, portal);
        case Resource::kServices:
        case Resource::kRequests:
            break;
    }
    const Outcome<std::vector<Service>> services = offered();
    if (!services) return services.problems();
    return listOfServices(*services);
}

Outcome<Tree> Server::discovery(const HttpRequest& request) {
    const Outcome<std::vector<Service>> services = offered();
    if (!services) return services.problems();
    const Result<Instant> changed = changeset_.of(*services);
    if (!changed) return ofHub(changed.error());
    return discoveryOf(rules_, baseOf(services_, request), *changed);
}

Outcome<Tree> Server::definition(const std::string& code) {
    const Outcome<std::vector<Service>> services = offered();
    if (!services) return services.problems();
    const Service* service = findService(*services, code);
    if (service == nullptr) return Problem{404, "Không có lĩnh vực (service_code) như đã nêu."};
    return definitionOf(*service);
}

HttpResponse Server::getRequests(const Visit& visit, const std::optional<std::string>& portal) {
    const Format format = visit.target.format;
    const Outcome<std::vector<Service>> services = offered();
    if (!services) return answer(format, services.problems());
    const Outcome<Wanted> wanted = readWanted(visit.parameters, *services, services_.now());
    if (!wanted) return answer(format, wanted.problems());
    const Outcome<std::vector<Row>> rows = reports_.list(*wanted, portal, visit.stop);
    if (!rows) return answer(format, rows.problems());
    if (format == Format::kCsv) return table(tableOfRequests(*rows, look(false)));
    return answer(format, listOfRequests(*rows, look(wanted->extensions)));
}

Outcome<Tree> Server::request(const Visit& visit, const std::optional<std::string>& portal) {
    Outcome<std::optional<Row>> found = reports_.find(visit.target.item, portal, visit.stop);
    if (!found) return found.problems();
    if (!*found) return Problem{404, "Không có phản ánh này, hoặc phản ánh không công khai."};
    const bool extensions = visit.parameters.first("extensions") == "true";
    return listOfRequests({**std::move(found)}, look(extensions));
}

Outcome<Tree> Server::token(const std::string& token) {
    const Result<std::optional<std::string>> code = tokens_.codeOf(token);
    if (!code) return ofHub(code.error());
    if (!*code) return Problem{404, "Không có token này."};
    return Tree::list(
        "service_requests",
        {Tree::object("request", {Tree::text("service_request_id", **code), Tree::text("token", token)})});
}

Outcome<Tree> Server::updates(const Visit& visit, const std::optional<std::string>& portal) {
    constexpr std::chrono::hours kUsual{24};
    Problems problems;
    const bool from = !visit.parameters.first("start_date").empty();
    const bool to = !visit.parameters.first("end_date").empty();
    if (from != to) problems.push_back({400, "start_date và end_date phải đi cùng nhau."});
    Span span = readSpan(visit.parameters, "start_date", "end_date", problems);
    if (!problems.empty()) return problems;
    if (!span.from) span = {inSeconds(services_.now()) - kUsual, inSeconds(services_.now())};
    const Outcome<std::vector<Row>> rows = reports_.changedSince(*span.from, portal, visit.stop);
    if (!rows) return rows.problems();
    return listOfUpdates(*rows, span, look(true));
}

Outcome<std::vector<Service>> Server::offered() {
    const Result<std::vector<PublicName>> categories = services_.records().categories();
    if (!categories) return ofHub(categories.error());
    return servicesOf(*categories, rules_.services);
}

std::optional<Problem> Server::elsewhere(const Form& form) const {
    const std::string_view named = form.first("jurisdiction_id");
    if (named.empty() || rules_.jurisdiction.empty() || named == rules_.jurisdiction) return std::nullopt;
    return Problem{404, "Không có đơn vị (jurisdiction_id) như đã nêu."};
}

Outcome<std::string> Server::portalOf(const Form& form) {
    const std::string_view key = form.first("api_key");
    if (key.empty()) return Problem{403, "Thiếu api_key."};
    std::optional<std::string> portal = rules_.keys.nameOf(key);
    if (portal) return *std::move(portal);
    services_.count("strangers", 1);
    return Problem{403, "api_key không đúng hoặc đã bị thu hồi."};
}

std::string Server::wordsOf(const Error& problem) {
    const Result<PublicLabel> words = services_.records().problem(problem.problem);
    return words && !words->vi.empty() ? words->vi : "Phản ánh không hợp lệ.";
}

Look Server::look(bool extensions) const {
    return {.offset = rules_.offset, .answered_status = rules_.answered_status, .extensions = extensions};
}

}  // namespace pakn::in_open311
