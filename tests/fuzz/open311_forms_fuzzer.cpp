/// @file
/// What portals send to the Open311 server: addresses, queries, forms in both encodings; and what it writes of texts
/// that others wrote. The readers of `paknhub open311-check`, which share nothing with the server, read XML and JSON
/// alike.

#include "core/app/open311/document.hpp"
#include "harness.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "pakn/sdk/source_revision.hpp"
#include "plugins/in_open311/report.hpp"
#include "plugins/in_open311/target.hpp"
#include "plugins/in_open311/text.hpp"
#include "plugins/in_open311/times.hpp"
#include "plugins/in_open311/view.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_open311;

const std::vector<Service>& services() {
    static const std::vector<Service> kAll{
        {.code = "ha-tang", .name = "Hạ tầng", .description = "Đường", .keywords = "đường"},
        {.code = "chieu-sang",
         .name = "Chiếu sáng",
         .description = "Đèn",
         .keywords = "đèn",
         .type = ServiceType::kBatch,
         .questions = {{.code = "SO-COT", .required = true, .description = "Số"},
                       {.code = "CAO", .type = DataType::kNumber},
                       {.code = "TU", .type = DataType::kDateTime},
                       {.code = "LOI", .type = DataType::kMultiValueList, .choices = {{"tat", "Tắt"}, {"mo", "Mờ"}}}}}};
    return kAll;
}

bool isText(std::string_view text) { return isUtf8(text) && text.find('\0') == std::string_view::npos; }

void checkProblems(const Problems& problems) {
    FUZZ_CHECK(!problems.empty());
    for (const Problem& one : problems)
        FUZZ_CHECK(one.code >= 400 && one.code < 500 && !one.description.empty() && isText(one.description));
}

void checkPetition(const IncomingPetition& petition) {
    FUZZ_CHECK(!petition.text.empty() && isText(petition.text) && codePoints(petition.text) <= 4000);
    FUZZ_CHECK(petition.external_id.size() <= 200 && petition.category.size() < 20);
    for (const std::string* text : {&petition.petitioner.name, &petition.petitioner.phone, &petition.petitioner.email,
                                    &petition.location.address})
        FUZZ_CHECK(isText(*text) && codePoints(*text) <= 500);
    FUZZ_CHECK(petition.location.latitude.has_value() == petition.location.longitude.has_value());
    FUZZ_CHECK(petition.location.latitude || !petition.location.address.empty());
    FUZZ_CHECK(petition.attributes.size() <= 50);
    FUZZ_CHECK(petition.attributes.at(std::string{kReplyAddress}) == "key:portal");
    for (const auto& [name, value] : petition.attributes) {
        const bool ours =
            name == kReplyAddress || name == kLeaveOutFiles || name == kSourceRevision || name == kOnlyAnswered;
        FUZZ_CHECK(ours || (name.starts_with("open311_") && codePoints(value) <= 1000 && isText(value)));
    }
    FUZZ_CHECK(!petition.attachments.empty() && petition.attachments.back().content_type == kOriginalType);
    const std::string& original = *petition.attachments.back().content.inMemory();
    FUZZ_CHECK(app::open311::readJson(original).has_value());
}

void checkForm(const HttpRequest& request, std::string_view query) {
    const Outcome<Form> form = readForm(request, query);
    if (!form) return checkProblems(form.problems());
    FUZZ_CHECK(form->fields.size() <= kMostFields && form->files.size() <= kMostFiles);
    for (const Field& one : form->fields)
        FUZZ_CHECK(one.name.size() <= kMostFieldName && isText(one.name) && isText(one.value));
    for (const SentFile& one : form->files) FUZZ_CHECK(isText(one.field) && isText(one.name));
    if (const Outcome<Report> report = readReport(*form, {"portal", {}}, services(), {}))
        checkPetition(report->petition);
    else
        checkProblems(report.problems());
    if (const Outcome<Addition> addition = readAddition(*form, "portal"))
        FUZZ_CHECK(addition->update.id.size() <= 200 && isText(addition->update.text) && !addition->code.empty());
    else
        checkProblems(addition.problems());
}

void checkQuery(std::string_view query) {
    const Outcome<Form> form = readQuery(query);
    if (!form) return checkProblems(form.problems());
    const Outcome<Wanted> wanted = readWanted(*form, services(), Instant{std::chrono::seconds{1772758800}});
    if (!wanted) return checkProblems(wanted.problems());
    FUZZ_CHECK(wanted->page >= 1 && wanted->page_size >= 1 && wanted->page_size <= kMostRows);
    FUZZ_CHECK(wanted->page * wanted->page_size <= kDeepest && wanted->ids.size() <= 1000);
    for (const Span& span : {wanted->received, wanted->changed})
        FUZZ_CHECK(!span.from || !span.to || (*span.to >= *span.from && *span.to - *span.from <= kMostSpan));
    FUZZ_CHECK(!wanted->ids.empty() || wanted->received.from || wanted->changed.from);
}

void checkTarget(std::string_view path) {
    Format asked = Format::kXml;
    const Outcome<Target> target = readTarget(path, asked);
    if (!target) return checkProblems(target.problems());
    FUZZ_CHECK(isText(target->item) && target->item.size() <= 200);
}

/// Cells of a table in which no quote stands alone.
std::vector<std::string> cellsOf(std::string_view table) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i] == '"' && quoted && i + 1 < table.size() && table[i + 1] == '"')
            cells.back() += table[i++];
        else if (table[i] == '"')
            quoted = !quoted;
        else if (!quoted && (table[i] == ',' || table[i] == '\n'))
            cells.emplace_back();
        else if (quoted || table[i] != '\r')
            cells.back() += table[i];
    }
    FUZZ_CHECK(!quoted && cells.back().empty());
    cells.pop_back();
    return cells;
}

void checkAnswers(std::string_view text) {
    Row row;
    row.petition = {.code = std::string{text.substr(0, 20)},
                    .title = std::string{text},
                    .content = std::string{text},
                    .status = std::string{text.substr(0, 9)},
                    .status_label = {std::string{text}, {}},
                    .unit_name = std::string{text},
                    .address = std::string{text},
                    .latitude = -16.5,
                    .steps = {{.status = "answered", .label = {std::string{text}, {}}, .reason = std::string{text}}},
                    .answer = PublicAnswer{.text = std::string{text}}};
    const Look look{.answered_status = "fixed", .extensions = true};
    for (const Tree& tree : {listOfRequests({row}, look), listOfUpdates({row}, {}, look), listOfServices(services())}) {
        const auto xml = app::open311::readXml(tree.toXml());
        const auto json = app::open311::readJson(tree.toJson());
        FUZZ_CHECK(xml && json && app::open311::difference(*xml, *json).empty());
    }
    const std::vector<std::string> cells = cellsOf(tableOfRequests({row, row}, look));
    FUZZ_CHECK(cells.size() == 3 * 14);
    for (std::size_t i = 0; i < cells.size(); ++i) FUZZ_CHECK(i % 14 >= 12 || cells[i].find_first_of("=+-@\t\r") != 0);
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const char* const type = input.flag() ? "multipart/form-data; boundary=b" : "application/x-www-form-urlencoded";
    const Exact path{input.line()};
    const Exact query{input.line()};
    const Exact body{input.rest()};
    const HttpRequest request{.method = "POST", .headers = {{"content-type", type}}, .body = std::string{body.view()}};
    checkForm(request, query.view());
    checkQuery(query.view());
    checkTarget(path.view());
    checkAnswers(body.view());
    if (const std::optional<Seconds> at = parseTime(path.view()))
        for (const std::chrono::minutes offset : {std::chrono::minutes{0}, std::chrono::minutes{420}})
            FUZZ_CHECK(parseTime(formatTime(Instant{*at}, offset)) == at);
    static_cast<void>(app::open311::readXml(body.view()));
    static_cast<void>(app::open311::readJson(body.view()));
    FUZZ_CHECK(printable(printable(body.view())) == printable(body.view()));
}

}  // namespace pakn::fuzz
