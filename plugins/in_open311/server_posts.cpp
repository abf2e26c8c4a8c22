/// @file
/// What is sent to us: reports, and additions to them.

#include <pakn/sdk/text.hpp>

#include "report.hpp"
#include "text.hpp"
#include "visit.hpp"

namespace pakn::in_open311 {
namespace {

std::string headerOf(const HttpRequest& request, std::string_view name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string{} : std::string{trimmed(found->second)};
}

/// An id for what is not stored: the same again has the same.
std::string testIdOf(const std::string& portal, const Form& form, const std::string& external_id) {
    std::string all = portal + '\n' + external_id;
    if (external_id.empty())
        for (const Field& one : form.fields)
            if (one.name != "api_key") all.append("\n").append(one.name).append("=").append(one.value);
    return "TEST-" + shortHash(all);
}

Tree requestTaken(std::vector<Tree> id, std::string_view notice, std::string_view account) {
    id.push_back(Tree::text("service_notice", notice));
    id.push_back(Tree::text("account_id", account));
    return Tree::list("service_requests", {Tree::object("request", std::move(id))});
}

Tree updateTaken(std::string_view id) {
    return Tree::list("service_request_updates", {Tree::object("request_update", {Tree::text("update_id", id)})});
}

bool isRepetition(const Accepted& accepted) {
    return accepted.outcome == Accepted::Outcome::kDuplicate ||
           (accepted.problem && accepted.problem->problem == "idempotency.key_reused");
}

}  // namespace

HttpResponse Server::post(const Visit& visit, Inbox& inbox) {
    const Format format = visit.target.format;
    if (format == Format::kCsv) return answer(format, Problems{{400, "Địa chỉ phải kết thúc bằng .xml hoặc .json."}});
    const Outcome<Form> form = readForm(visit.request, visit.query);
    if (!form) return answer(format, form.problems());
    const Outcome<std::string> portal = portalOf(*form);
    if (!portal) return answer(format, portal.problems());
    if (const std::optional<Problem> no = elsewhere(*form)) return answer(format, Problems{*no});
    const bool report = visit.target.resource == Resource::kRequests;
    const Outcome<Tree> taken =
        report ? takeReport(visit, *form, *portal, inbox) : takeAddition(visit, *form, *portal, inbox);
    return taken ? answer(format, *taken) : answer(format, taken.problems());
}

Outcome<Tree> Server::takeReport(const Visit& visit, const Form& form, const std::string& portal, Inbox& inbox) {
    const Outcome<std::vector<Service>> services = offered();
    if (!services) return services.problems();
    Outcome<Report> report = readReport(form, {portal, headerOf(visit.request, "idempotency-key")}, *services, rules_);
    if (!report) return report.problems();
    if (!report->knows_all) {
        services_.count("unknown_attributes", 1);
        services_.log(LogLevel::kInfo, "a report for " + report->petition.category +
                                           " has attributes that its service does not ask for; they are kept");
    }
    std::string code = testIdOf(portal, form, report->petition.external_id);
    if (visit.target.test) {
        services_.count("test_reports", 1);
    } else {
        const Result<Accepted> accepted = inbox.accept(std::move(report->petition));
        if (!accepted) return ofHub(accepted.error());
        if (accepted->outcome == Accepted::Outcome::kRefused) {
            services_.count("reports_refused", 1);
            return Problem{400, wordsOf(accepted->problem.value_or(Error{}))};
        }
        services_.count(accepted->outcome == Accepted::Outcome::kDuplicate ? "duplicates" : "reports", 1);
        reports_.remember(portal, accepted->code, accepted->tracking_token);
        code = accepted->code;
    }
    std::vector<Tree> id;
    if (report->type == ServiceType::kRealtime) id.push_back(Tree::text("service_request_id", code));
    if (report->type == ServiceType::kBatch) {
        const Result<std::string> token = tokens_.tokenOf(code);
        if (!token) return ofHub(token.error());  // It is stored: sent again, it is found.
        id.push_back(Tree::text("token", *token));
    }
    return requestTaken(std::move(id), rules_.service_notice, report->account_id);
}

Outcome<Tree> Server::takeAddition(const Visit& visit, const Form& form, const std::string& portal, Inbox& inbox) {
    Outcome<Addition> addition = readAddition(form, portal);
    if (!addition) return addition.problems();
    const Problem unknown{404, "Không có phản ánh này trong số các phản ánh mà cổng đã gửi."};
    if (visit.target.test) {
        if (!addition->code.starts_with("TEST-")) return unknown;
        services_.count("test_updates", 1);
        return updateTaken(addition->update_id);
    }
    const Outcome<std::optional<Row>> own = reports_.findOwn(addition->code, portal, visit.stop);
    if (!own) return own.problems();
    if (!*own) return unknown;
    const Result<Accepted> accepted = inbox.update(std::move(addition->update));
    if (!accepted) return ofHub(accepted.error());
    if (accepted->outcome == Accepted::Outcome::kRefused && !isRepetition(*accepted)) {
        services_.count("updates_refused", 1);
        return Problem{400, wordsOf(accepted->problem.value_or(Error{}))};
    }
    services_.count(isRepetition(*accepted) ? "duplicates" : "updates", 1);
    return updateTaken(addition->update_id);
}

}  // namespace pakn::in_open311
