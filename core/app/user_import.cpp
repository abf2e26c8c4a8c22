/// @file
/// `paknhub user import FILE.csv`: many accounts at once, reported row by row. A row that is refused changes nothing
/// and stops none of the others, so a mended file can be given again: logins that are there already are refused.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "core/app/accounts.hpp"
#include "core/app/json_output.hpp"
#include "core/app/progress.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"

namespace pakn::app {

namespace {

constexpr std::size_t kMostBytes = 8U << 20U;

struct ImportOptions {
    std::string file = {};
};

using Fields = std::vector<std::string>;

struct CsvRow {
    int line = 0;  ///< Where it begins, from 1.
    Fields fields = {};
};

/// RFC 4180: commas, lines, fields in double quotes with "" for one. Empty lines are left out. kInvalid for an open
/// quote.
Result<std::vector<CsvRow>> parseCsv(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // As spreadsheets write UTF-8.
    std::vector<CsvRow> rows;
    CsvRow row{.line = 1, .fields = {""}};
    int line = 1;
    bool quoted = false;
    const auto end_row = [&] {
        if (row.fields != Fields{""}) rows.push_back(std::move(row));
        row = {.line = line, .fields = {""}};
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') ++line;
        std::string& field = row.fields.back();
        if (quoted) {
            if (c != '"')
                field += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                field += text[++i];
            else
                quoted = false;
        } else if (c == '"' && field.empty()) {
            quoted = true;
        } else if (c == ',') {
            row.fields.emplace_back();
        } else if (c == '\n') {
            end_row();
        } else if (c != '\r') {
            field += c;
        }
    }
    if (quoted) return usage("line " + std::to_string(row.line) + ": a quote is not closed");
    end_row();
    return rows;
}

constexpr std::string_view kColumns[] = {"login", "name", "roles", "unit"};

/// The user of a row, by the columns of the first one.
Result<NewUser> userOf(const Fields& head, const Fields& fields) {
    if (fields.size() != head.size())
        return usage(std::to_string(fields.size()) + " fields, the first line has " + std::to_string(head.size()));
    NewUser user;
    for (std::size_t i = 0; i < head.size(); ++i) {
        if (head[i] == "login") user.login = fields[i];
        if (head[i] == "name") user.name = fields[i];
        if (head[i] == "unit") user.unit = fields[i];
        if (head[i] != "roles") continue;
        std::string_view roles = fields[i];
        while (!roles.empty()) {
            const std::size_t end = std::min(roles.find_first_of("|; "), roles.size());
            if (end > 0) user.roles.emplace_back(roles.substr(0, end));
            roles.remove_prefix(std::min(end + 1, roles.size()));
        }
    }
    if (user.roles.empty()) return usage("no role");
    return user;
}

Result<std::vector<CsvRow>> readRows(const std::string& name) {
    std::ifstream file{name, std::ios::binary};
    std::string text;
    for (char c; text.size() <= kMostBytes && file.get(c);) text += c;
    if (!file.eof() || text.size() > kMostBytes) return usage(name + ": cannot be read, or is larger than 8 MB");
    Result<std::vector<CsvRow>> rows = parseCsv(text);
    if (!rows) return usage(name + ": " + rows.error().message);
    if (rows->empty()) return usage(name + ": is empty; the first line names the columns: login,name,roles,unit");
    for (const std::string& column : rows->front().fields)
        if (std::find(std::begin(kColumns), std::end(kColumns), column) == std::end(kColumns))
            return usage(name + ":1: unknown column \"" + column + "\"; columns are login, name, roles, unit");
    return rows;
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
    const Result<std::vector<CsvRow>> rows = readRows(options.file);
    if (!rows) return complain(rows.error());
    return withWorkplace(common, false, [&](Workplace& place) {
        std::vector<Outcome> outcomes;
        std::int64_t added = 0;
        Progress progress{"accounts", common, static_cast<std::int64_t>(rows->size()) - 1};
        for (auto row = rows->begin() + 1; row != rows->end(); ++row) {
            Outcome outcome{.line = row->line};
            const Result<NewUser> user = userOf(rows->front().fields, row->fields);
            if (user) outcome.login = user->login;
            const Result<std::string> token = user ? createAccount(place, *user) : Result<std::string>{user.error()};
            if (token) {
                outcome.link = signInLink(*place.configuration, *token);
                ++added;
            } else if (token.error().code == Errc::kUnavailable) {
                progress.end();
                print(common, outcomes, added);
                return complain(token.error());
            } else {
                outcome.error = token.error().message;
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
        user, "import", "Add the accounts of a CSV file, row by row",
        [](CLI::App& verb, ImportOptions& options) {
            verb.add_option("FILE", options.file, "Columns login, name, roles (separated by |), unit")->required();
        },
        importUsers);
}

}  // namespace pakn::app
