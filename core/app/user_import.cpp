/// @file
/// `paknhub user import FILE`: many accounts at once, from CSV or a workbook, reported row by row. A row that is
/// refused changes nothing and stops none of the others, so a mended file can be given again: logins that are there
/// already are refused.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "core/app/accounts.hpp"
#include "core/app/json_output.hpp"
#include "core/app/progress.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/text.hpp"
#include "core/security/logins.hpp"
#include "core/spreadsheet/csv.hpp"
#include "core/spreadsheet/xlsx.hpp"

namespace pakn::app {

namespace {

constexpr std::size_t kMostBytes = 8U << 20U;
constexpr std::size_t kMostText = 32U << 20U;
constexpr std::size_t kMostRows = 20000;
constexpr std::size_t kMostAbove = 10;  ///< Rows in which the one that names the columns is looked for.
constexpr std::string_view kColumns[] = {"login", "name", "roles", "unit", "title", "phone", "email"};
constexpr const char* kSayColumns =
    "; one of its first rows names the columns: login, name, roles, unit, title, phone, email";
constexpr std::string_view kLeftOut = "-";  ///< A column that says nothing about an account.

/// What people write above a column, folded, and which one they mean.
constexpr std::pair<std::string_view, std::string_view> kHeadings[] = {
    {"tai khoan", "login"},   {"ten dang nhap", "login"}, {"ho va ten", "name"},      {"ho ten", "name"},
    {"vai tro", "roles"},     {"don vi", "unit"},         {"co quan", "unit"},        {"chuc vu", "title"},
    {"chuc danh", "title"},   {"di dong", "phone"},       {"dien thoai", "phone"},    {"so dien thoai", "phone"},
    {"thu dien tu", "email"}, {"e mail", "email"},        {"dia chi email", "email"}, {"tt", kLeftOut},
    {"stt", kLeftOut},        {"ghi chu", kLeftOut},
};

/// How a unit that nominates its people calls what they are to do, folded.
constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
    {"can bo xu ly", "officer"},       {"chuyen vien", "officer"},
    {"chuyen vien xu ly", "officer"},  {"lanh dao", "leader"},
    {"lanh dao don vi", "leader"},     {"lanh dao phe duyet", "leader"},
    {"quan tri don vi", "unit_admin"}, {"nguoi theo doi", "follower"},
};

struct ImportOptions {
    std::string file = {};
    std::string unit = {};  ///< Of rows that name none.
    std::vector<std::string> roles = {};
};

template <class Words>
std::string_view meaning(const Words& words, const std::string& written) {
    const std::string folded{domain::trimmed(domain::fold(written))};
    const auto found =
        std::find_if(std::begin(words), std::end(words), [&](const auto& one) { return one.first == folded; });
    return found == std::end(words) ? std::string_view{} : found->second;
}

using Cells = std::vector<std::string>;

struct Row {
    int number = 0;  ///< Row of the sheet, or line on which it begins, from 1.
    Cells cells = {};
};

/// The rows of a file that are not empty, and what the first of them mean.
struct People {
    bool workbook = false;
    Cells columns = {};
    std::vector<Row> above = {};  ///< Rows above the one that names the columns; titles are left out.
    std::vector<Row> rows = {};
};

bool isKnown(std::string_view column) {
    return std::find(std::begin(kColumns), std::end(kColumns), column) != std::end(kColumns);
}

std::size_t filled(const Cells& cells) {
    return static_cast<std::size_t>(
        std::count_if(cells.begin(), cells.end(), [](const std::string& one) { return !one.empty(); }));
}

bool has(const Cells& columns, std::string_view name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
}

/// The names of the columns, where this row has them: `login` is among them, or `name` and `phone`, which then is the
/// login. kInvalid: and others, too.
Result<std::optional<Cells>> columnsIn(const Row& row) {
    Cells columns;
    for (const std::string& cell : row.cells) {
        const std::string_view meant = meaning(kHeadings, cell);
        columns.push_back(meant.empty() ? security::lowered(cell) : std::string{meant});
    }
    while (!columns.empty() && columns.back().empty()) columns.pop_back();
    if (!has(columns, "login") && !(has(columns, "name") && has(columns, "phone"))) return std::optional<Cells>{};
    // A person may be called so, or have it for a login: where nothing else is known it is no heading.
    if (std::count_if(columns.begin(), columns.end(), isKnown) < 2) return std::optional<Cells>{};
    for (const std::string& one : columns) {
        if (one == kLeftOut) continue;
        if (!one.empty() && !isKnown(one))
            return usage(std::to_string(row.number) + ": unknown column \"" + one +
                         "\"; columns are login, name, roles, unit, title, phone, email");
        if (!one.empty() && std::count(columns.begin(), columns.end(), one) > 1)
            return usage(std::to_string(row.number) + ": column \"" + one + "\" stands twice");
    }
    return std::optional{std::move(columns)};
}

/// A number that a spreadsheet took for one has lost its first character.
std::string asTyped(const std::string& login) {
    const bool digits = std::all_of(login.begin(), login.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return login;
    const std::string with = login.size() == 9 ? '0' + login : login.starts_with("84") ? '+' + login : login;
    return security::loginForm(with) ? with : login;
}

/// Names of roles, separated by | ; , or blanks, or as units call them.
std::vector<std::string> rolesIn(std::string_view cell) {
    std::vector<std::string> roles;
    const auto each = [](std::string_view text, std::string_view between, const auto& take) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find_first_of(between), text.size());
            if (end > 0) take(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    };
    each(cell, "|;,", [&](std::string_view part) {
        if (const std::string_view kind = meaning(kKinds, std::string{part}); !kind.empty())
            return roles.emplace_back(kind), void();
        each(part, " ", [&](std::string_view one) { roles.emplace_back(one); });
    });
    return roles;
}

/// The user of a row, by the names of the columns.
Result<NewUser> userOf(const People& people, const Row& row, const ImportOptions& options) {
    const Cells& columns = people.columns;
    for (std::size_t i = columns.size(); i < row.cells.size(); ++i)
        if (!row.cells[i].empty()) return usage("a value where no column is named");
    // A workbook leaves out what is empty at the end of a row; a line that ends early has lost something.
    if (!people.workbook && row.cells.size() < columns.size())
        return usage(std::to_string(row.cells.size()) + " fields, the row of columns has " +
                     std::to_string(columns.size()));
    NewUser user;
    for (std::size_t i = 0; i < std::min(columns.size(), row.cells.size()); ++i) {
        const std::string& cell = row.cells[i];
        if (columns[i] == "login") user.login = people.workbook ? asTyped(cell) : cell;
        if (columns[i] == "name") user.name = cell;
        if (columns[i] == "unit") user.unit = cell;
        if (columns[i] == "title") user.contact.title = cell;
        if (columns[i] == "phone") user.contact.phone = cell;
        if (columns[i] == "email") user.contact.email = cell;
        if (columns[i] == "roles") user.roles = rolesIn(cell);
        if (columns[i].empty() && !cell.empty()) return usage("a value where no column is named");
    }
    if (!has(columns, "login")) user.login = people.workbook ? asTyped(user.contact.phone) : user.contact.phone;
    if (user.unit.empty()) user.unit = options.unit;
    if (user.roles.empty()) user.roles = options.roles;
    if (user.roles.empty()) return usage("no role");
    return user;
}

/// Finds the row that names the columns: people put titles above it, and rows slip.
Status findColumns(People& people) {
    for (std::size_t i = 0; i < std::min(people.rows.size(), kMostAbove); ++i) {
        Result<std::optional<Cells>> columns = columnsIn(people.rows[i]);
        if (!columns) return std::move(columns).error();
        if (!*columns) continue;
        people.columns = **std::move(columns);
        const auto heading = people.rows.begin() + static_cast<std::ptrdiff_t>(i);
        for (auto row = people.rows.begin(); row != heading; ++row)
            if (filled(row->cells) > 1) people.above.push_back(std::move(*row));
        people.rows.erase(people.rows.begin(), heading + 1);
        return Done{};
    }
    return usage(std::string{people.rows.empty() ? "is empty" : "no row names the columns"} + kSayColumns);
}

Result<People> readPeople(const std::string& name) {
    std::ifstream file{name, std::ios::binary};
    std::string bytes;
    for (char c; bytes.size() <= kMostBytes && file.get(c);) bytes += c;
    if (!file.eof() || bytes.size() > kMostBytes) return usage(name + ": cannot be read, or is larger than 8 MB");
    People people{.workbook = bytes.starts_with("PK\x03\x04")};
    std::size_t kept = 0;
    const auto take = [&](int number, const Cells& given) -> Status {
        Row row{.number = number, .cells = {}};
        for (const std::string& cell : given) {
            row.cells.emplace_back(domain::trimmed(cell));
            kept += row.cells.back().size();
        }
        // One text of a workbook may stand in every cell.
        if (kept > kMostText) return usage("more than 32 MB of text");
        if (filled(row.cells) == 0) return Done{};
        if (people.rows.size() >= kMostRows) return usage("more than " + std::to_string(kMostRows) + " rows");
        people.rows.push_back(std::move(row));
        return Done{};
    };
    std::string_view text = bytes;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // As spreadsheets write UTF-8.
    Status read = people.workbook ? spreadsheet::readWorkbook(bytes, {}, take) : spreadsheet::readCsv(text, '\0', take);
    if (read) read = findColumns(people);
    if (!read) return usage(name + ": " + read.error().message);
    return people;
}

struct Outcome {
    int line = 0;
    std::string login = {};
    std::string link = {};
    std::string error = {};
};

void print(const Common& common, const std::vector<Outcome>& outcomes, std::int64_t added) {
    JsonOutput out{common.json};
    out.member("added", added);
    out.member("refused", static_cast<std::int64_t>(outcomes.size()) - added);
    out.key("rows");
    out.writer().StartArray();
    for (const Outcome& one : outcomes) {
        if (!common.json)
            std::cout << one.line << ": " << one.login << ": "
                      << (one.error.empty() ? one.link : "refused: " + one.error) << '\n';
        out.writer().StartObject();
        out.member("line", std::int64_t{one.line});
        out.member("login", one.login);
        out.member("ok", one.error.empty());
        out.memberOrNull("one_time_link", one.link);
        out.memberOrNull("error", one.error);
        out.writer().EndObject();
    }
    out.writer().EndArray();
    if (!common.json)
        std::cout << "added " << added << ", refused " << static_cast<std::int64_t>(outcomes.size()) - added << '\n';
}

int importUsers(const Common& common, const ImportOptions& options) {
    const Result<People> people = readPeople(options.file);
    if (!people) return complain(people.error());
    return withWorkplace(common, false, [&](Workplace& place) {
        std::vector<Outcome> outcomes;
        std::int64_t added = 0;
        Progress progress{"accounts", common, static_cast<std::int64_t>(people->rows.size())};
        for (const Row& row : people->above)
            outcomes.push_back({.line = row.number, .error = "stands above the row that names the columns"});
        for (const Row& row : people->rows) {
            Outcome outcome{.line = row.number};
            const Result<NewUser> user = userOf(*people, row, options);
            if (user) outcome.login = user->login;
            const Result<MadeAccount> made = user ? createAccount(place, *user) : Result<MadeAccount>{user.error()};
            if (made) {
                outcome.login = made->login;
                outcome.link = signInLink(*place.configuration, made->token);
                ++added;
            } else if (made.error().code == Errc::kUnavailable) {
                progress.end();
                print(common, outcomes, added);
                return complain(made.error());
            } else {
                outcome.error = made.error().message;
            }
            outcomes.push_back(std::move(outcome));
            progress.step();
        }
        progress.end();
        print(common, outcomes, added);
        return static_cast<int>(added == static_cast<std::int64_t>(outcomes.size()) ? kOk : kProblem);
    });
}

}  // namespace

void addUserImport(const Registry& registry, CLI::App& user) {
    registry.verb<ImportOptions>(
        user, "import", "Add the accounts of a CSV file or workbook (.xlsx), row by row",
        [](CLI::App& verb, ImportOptions& options) {
            verb.add_option("FILE", options.file,
                            "Columns login, name, roles (separated by |), unit, title, phone, email")
                ->required();
            verb.add_option("--unit", options.unit, "Unit of rows that name none");
            verb.add_option("--role", options.roles, "Role of rows that name none; may be repeated");
        },
        importUsers);
}

}  // namespace pakn::app
