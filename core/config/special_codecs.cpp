#include "core/config/special_codecs.hpp"

#include <algorithm>
#include <utility>

#include "core/config/values.hpp"

namespace pakn::config {

namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

bool isHostName(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
}

void checkOrder(Reader& reader, const Node& node, const std::vector<domain::Interval>& hours) {
    for (std::size_t i = 1; i < hours.size(); ++i)
        if (hours[i].from < hours[i - 1].to)
            reader.error(node.items[i].mark, "these hours begin before the ones before them end",
                         "order them, without overlap");
}
using DayHours = Checked<List<Hours>, &checkOrder>;

using Pause = Milliseconds<10, std::int64_t{24} * 3600 * 1000>;

/// First and last day of "mon-fri" or "sat"; Monday is 0.
std::optional<std::pair<std::size_t, std::size_t>> parseDays(std::string_view text) {
    const auto day = [](std::string_view name) {
        return static_cast<std::size_t>(std::find(kWeekdays.begin(), kWeekdays.end(), name) - kWeekdays.begin());
    };
    const std::size_t dash = text.find('-');
    const std::size_t first = day(text.substr(0, dash));
    const std::size_t last = dash == std::string_view::npos ? first : day(text.substr(dash + 1));
    if (first >= kWeekdays.size() || last >= kWeekdays.size() || first > last) return std::nullopt;
    return std::pair{first, last};
}

}  // namespace

void Listen::read(Reader& reader, const Node& node, ListenAddress& into) {
    const auto text = scalarText(reader, node, "an address to listen on");
    if (!text) return;
    const std::size_t colon = std::min(text->rfind(':'), text->size());
    const std::int64_t port =
        parseInteger(std::string_view{*text}.substr(std::min(colon + 1, text->size()))).value_or(-1);
    std::string host = text->substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    const bool host_ok = bracketed ? isIpAddress(host) : isHostName(host);
    if (!host_ok || port < 0 || port > 65535)
        reader.error(node.mark, inQuotes(*text) + " is no address to listen on", "write host:port, as 127.0.0.1:8080");
    else
        into = {std::move(host), static_cast<std::uint16_t>(port)};
}

void PhoneNumber::read(Reader& reader, const Node& node, std::string& into) {
    const auto text = scalarText(reader, node, "a telephone number");
    if (!text) return;
    Result<std::string> phone = domain::contactPhone(*text);
    if (phone)
        into = std::move(*phone);
    else
        reader.error(node.mark, phone.error().message, "write it with its area code, in quotes");
}

void MailAddress::read(Reader& reader, const Node& node, std::string& into) {
    const auto text = scalarText(reader, node, "an e-mail address");
    if (!text) return;
    Result<std::string> address = domain::contactEmail(*text);
    if (address)
        into = std::move(*address);
    else
        reader.error(node.mark, address.error().message, "write name@host");
}

void Hours::read(Reader& reader, const Node& node, domain::Interval& into) {
    const auto text = scalarText(reader, node, "working hours");
    if (!text) return;
    const std::size_t dash = std::min(text->find('-'), text->size());
    const auto from = parseTimeOfDay(std::string_view{*text}.substr(0, dash));
    const auto to = parseTimeOfDay(std::string_view{*text}.substr(std::min(dash + 1, text->size())));
    if (!from || !to || *from >= *to)
        reader.error(node.mark, inQuotes(*text) + " are no working hours", "write from-to, as 07:30-11:30");
    else
        into = {*from, *to};
}

Shape Week::shape() { return {.form = Shape::Form::kMap, .word = "map of days", .element = &DayHours::shape}; }

void Week::read(Reader& reader, const Node& node, WeekHours& into) {
    if (!expectMap(reader, node)) return;
    std::array<std::size_t, kWeekdays.size()> width{};  // Of the range that set each day; 0: none yet.
    for (const Entry& entry : node.entries) {
        const auto days = parseDays(entry.key);
        if (!days) {
            reader.error(entry.key_mark, inQuotes(entry.key) + " is neither a weekday nor a range of weekdays",
                         "write mon-fri, or sat: mon, tue, wed, thu, fri, sat, sun");
            continue;
        }
        std::vector<domain::Interval> hours;
        DayHours::read(reader, entry.value, hours);
        const std::size_t count = days->second - days->first + 1;
        for (std::size_t day = days->first; day <= days->second; ++day) {
            if (width[day] == count) {
                reader.error(entry.key_mark, std::string{kWeekdays[day]} + " has hours twice", "remove one of them");
                break;
            }
            if (width[day] != 0 && width[day] < count) continue;
            width[day] = count;
            into[day] = hours;
        }
    }
}

Shape BackoffRange::shape() { return {.form = Shape::Form::kList, .word = "list", .element = &Pause::shape}; }

void BackoffRange::read(Reader& reader, const Node& node, Backoff& into) {
    std::vector<std::chrono::milliseconds> pauses;
    const std::size_t errors = reader.diagnostics().errors();
    List<Pause>::read(reader, node, pauses);
    if (errors != reader.diagnostics().errors()) return;
    if (pauses.size() != 2 || pauses[0] > pauses[1])
        reader.error(node.mark, "the first and the longest pause are wanted here", "write [1s, 15m]");
    else
        into = {pauses[0], pauses[1]};
}

void PeriodValue::read(Reader& reader, const Node& node, std::optional<domain::Period>& into) {
    const auto text = scalarText(reader, node, "a period");
    if (!text) return;
    const std::size_t digits = std::min(text->find_first_not_of("0123456789"), text->size());
    const std::int64_t amount = parseInteger(std::string_view{*text}.substr(0, digits)).value_or(0);
    const std::size_t unit_at = std::min(text->find_first_not_of(' ', digits), text->size());
    const std::string_view unit = std::string_view{*text}.substr(unit_at);
    const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), unit) != names.end();
    };
    const int count = static_cast<int>(std::clamp<std::int64_t>(amount, 0, 100000));
    if (count > 0 && count <= 200 && is({"y", "year", "years"}))
        into = domain::Period{.years = count};
    else if (count > 0 && count <= 2400 && is({"month", "months"}))
        into = domain::Period{.months = count};
    else if (count > 0 && count <= 73000 && is({"d", "day", "days"}))
        into = domain::Period{.days = count};
    else
        reader.error(node.mark, inQuotes(*text) + " is not a period of up to 200 years", "write 10y, 12 months or 90d");
}

void RateValue::read(Reader& reader, const Node& node, std::optional<Rate>& into) {
    const auto text = scalarText(reader, node, "a rate");
    if (!text) return;
    const std::size_t slash = std::min(text->find('/'), text->size());
    const std::int64_t count = parseInteger(std::string_view{*text}.substr(0, slash)).value_or(0);
    const std::string unit = text->substr(std::min(slash + 1, text->size()));
    const auto per = parseMilliseconds("1" + unit);
    const bool known = unit == "s" || unit == "m" || unit == "h";
    if (count < 1 || count > 1000000 || !known)
        reader.error(node.mark, inQuotes(*text) + " is not a rate",
                     "write calls per second, minute or hour: 5/s, 100/m");
    else
        into = Rate{static_cast<int>(count), *per};
}

void RateValue::read(Reader& reader, const Node& node, Rate& into) {
    std::optional<Rate> rate;
    read(reader, node, rate);
    if (rate) into = *rate;
}

void TripValue::read(Reader& reader, const Node& node, Trip& into) {
    constexpr std::string_view kIn = " in ";
    const auto text = scalarText(reader, node, "a number of crashes within a time");
    if (!text) return;
    const std::size_t in = text->find(kIn);
    const std::string_view all{*text};
    const std::int64_t crashes = parseInteger(all.substr(0, std::min(in, all.size()))).value_or(0);
    const auto within = in == std::string::npos ? std::nullopt : parseMilliseconds(all.substr(in + kIn.size()));
    if (crashes < 1 || crashes > 1000 || !within || within->count() < 1000)
        reader.error(node.mark, inQuotes(*text) + " is no number of crashes within a time", "write 5 in 5m");
    else
        into = {static_cast<int>(crashes), *within};
}

void Sha256::read(Reader& reader, const Node& node, std::string& into) {
    const auto text = scalarText(reader, node, "a SHA-256");
    if (!text) return;
    std::string hex = *text;
    for (char& c : hex)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
        reader.error(node.mark, inQuotes(*text) + " is not a SHA-256", "write the 64 digits that sha256sum prints");
    else
        into = std::move(hex);
}

void SecretText::read(Reader& reader, const Node& node, std::optional<Marked<SecretReference>>& into) {
    const auto text = scalarText(reader, node, "a reference to a secret");
    if (!text) return;
    const std::optional<SecretReference> reference = parseSecretReference(*text);
    if (!reference)
        reader.error(node.mark, "a secret must not stand in the configuration", std::string{kSecretForms});
    else
        into = Marked<SecretReference>{*reference, node.mark};
}

}  // namespace pakn::config
