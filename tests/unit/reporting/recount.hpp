#pragma once
/// @file
/// Counts a journal by hand, event by event, as docs/statistics.md words it. Shares no code with what it checks.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "core/domain/event.hpp"

namespace pakn::test::recount {

/// Whoever writes, and how a list may show them.
struct Sender {
    std::string kind, name, phone, citizen_id, masked_name, masked_phone;
    /// By whom they are the same one: the citizen's id, else the phone number.
    [[nodiscard]] std::string same() const { return citizen_id.empty() ? phone : citizen_id; }
    [[nodiscard]] bool identified() const { return !same().empty(); }
};
inline const std::vector<Sender> kSenders{
    {"individual", "Nguyễn Văn Mẫu", "+84912345678", "001099012345", "Nguyễn V. M", "09******78"},
    {"individual", "Nguyễn Văn Mẫu", "+84987654321", "001099012345", "Nguyễn V. M", "09******21"},
    {"individual", "Trần Mẫu", "+84912345678", "", "Trần M", "09******78"},
    {"individual", "Lê Thị Mẫu", "", "001099054321", "Lê T. M", ""},
    {"organisation", "Hội Mẫu", "", "", "Hội M", ""}};

/// What is said in walks, as somebody would type it who uses no accents.
inline const std::map<std::string, std::vector<std::string>> kPlainWords{
    {"", {}},
    {"Hố ga", {"ho", "ga"}},
    {"Đèn đường hỏng", {"den", "duong", "hong"}},
    {"Rác thải", {"rac", "thai"}},
    {"Hố ga mất nắp", {"ho", "ga", "mat", "nap"}},
    {"Đèn không sáng", {"den", "khong", "sang"}},
    {"Rác đổ ra đường", {"rac", "do", "ra", "duong"}},
    {"Đã lắp nắp mới", {"da", "lap", "nap", "moi"}},
    {"Đã thay đèn", {"da", "thay", "den"}},
    {"Đã thu gom", {"da", "thu", "gom"}},
    {"Đã trả lời chung", {"da", "tra", "loi", "chung"}},
    {"12 Trần Phú", {"12", "tran", "phu"}},
    {"Chợ Mới", {"cho", "moi"}}};

struct Search {
    std::string typed;
    std::vector<std::vector<std::string>> phrases;
};
inline const std::vector<Search> kSearches{
    {"đèn", {{"den"}}},
    {"DUONG den", {{"duong"}, {"den"}}},
    {"\"đèn đường\"", {{"den", "duong"}}},
    {"\"đường đèn\"", {{"duong", "den"}}},
    {"nắp mới", {{"nap"}, {"moi"}}},
    {"\"nắp mới\" ga", {{"nap", "moi"}, {"ga"}}},
    {"\"ga mất\" chợ", {{"ga", "mat"}, {"cho"}}},
    {"\"Trần Phú\"", {{"tran", "phu"}}},
    {"trả lời", {{"tra"}, {"loi"}}},
    {"\"hỏng đèn\"", {{"hong", "den"}}},  // The end of one field, another's begin.
    {"đườ", {{"duo"}}}};

/// One petition as the events leave it. Times in epoch milliseconds.
struct Plain {
    std::string id, code, channel, category, title, content, address, area, complained, status, unit, rating,
        rated_unit, answer, approved, merged_at;
    std::set<std::string> tags, parties;
    std::vector<std::pair<std::string, std::string>> moves;  ///< Unit, what.
    std::vector<std::string> marks;                          ///< Tags, in their order.
    bool anonymous = false, merged = false, is_public = false, emergency = false;
    std::int64_t received = 0, recorded = 0, returns = 0;
    std::optional<std::int64_t> finished, due, total;
    Sender sender;
    bool publishes = false;
    std::size_t born = 0;  ///< In which place it came.

    [[nodiscard]] std::string identity() const {
        if (anonymous) return "anonymous";
        if (!sender.identified()) return "unidentified";
        return publishes ? "public" : "private";
    }
    [[nodiscard]] std::string progress(std::int64_t now) const {
        if (finished) return !total || *finished <= *total ? "on_time" : "late";
        if (!due || *due - now > 86'400'000) return "not_due";
        return *due <= now ? "overdue" : "due_soon";
    }
    /// Do all phrases stand in it, each within one field?
    [[nodiscard]] bool says(const Search& search) const {
        std::vector<std::vector<std::string>> fields{{code}};
        for (const std::string& text : {title, content, address, answer}) fields.push_back(kPlainWords.at(text));
        return std::all_of(search.phrases.begin(), search.phrases.end(), [&](const auto& phrase) {
            return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
                return std::search(field.begin(), field.end(), phrase.begin(), phrase.end()) != field.end();
            });
        });
    }

    void happened(const domain::Event& event) {
        std::visit([&](const auto& data) { one(data, event.at.time_since_epoch().count()); }, event.data);
    }

private:
    template <class Data>
    void one(const Data& data, std::int64_t at) {
        using namespace domain;
        if constexpr (std::is_same_v<Data, Received>) {
            received = data.received_at ? data.received_at->time_since_epoch().count() : at;
            recorded = at;
            is_public = data.is_public;
            emergency = data.emergency;
            code = data.code;
            channel = data.channel;
            category = data.category;
            title = data.title;
            content = data.content;
            address = data.address;
            area = data.area;
            complained = data.complained_unit;
            anonymous = data.anonymous;
            status = "received";
        } else if constexpr (std::is_same_v<Data, Routed>) {
            tags.insert(data.tags.begin(), data.tags.end());
            marks = data.tags;
        } else if constexpr (std::is_same_v<Data, Relocated>) {
            address = data.address;
            area = data.area;
        } else if constexpr (std::is_same_v<Data, ComplaintNamed>) {
            complained = data.unit;
        } else if constexpr (std::is_same_v<Data, EmergencyAccepted>) {
            emergency = true;
        } else if constexpr (std::is_same_v<Data, Escalated>) {
            takesPart(data.unit);
        } else if constexpr (std::is_same_v<Data, UnitTransferred>) {
            takesPart(data.unit);
            if (data.branch.empty()) unit = data.unit;
        } else if constexpr (requires { data.step, data.status, data.branch; }) {
            if (data.branch.empty()) {
                status = nameOf(data.status);
                moved(data, at);
            } else {
                // A leader's or an officer's word on their part is that unit's; that it declines is no return.
                if constexpr (std::is_same_v<Data, SentBack>) moves.emplace_back(data.branch, "sent_back");
                if constexpr (std::is_same_v<Data, Unclaimed>) moves.emplace_back(data.branch, "unclaimed");
            }
        }
    }
    template <class Data>
    void moved(const Data& data, std::int64_t at) {
        using namespace domain;
        if constexpr (std::is_same_v<Data, Distributed>) {
            unit = data.unit;
            takesPart(unit);
        } else if constexpr (std::is_same_v<Data, Returned>) {
            // Without an action it was taken from a unit that is no more.
            if (!data.action.empty()) {
                moves.emplace_back(data.unit, data.late ? "returned_late" : "returned");
                ++returns;
            }
            unit.clear();
        } else if constexpr (std::is_same_v<Data, SentBack>) {
            moves.emplace_back(unit, "sent_back");
        } else if constexpr (std::is_same_v<Data, Unclaimed>) {
            moves.emplace_back(unit, "unclaimed");
        } else if constexpr (std::is_same_v<Data, Reopened>) {
            moves.emplace_back(unit, "reopened");
            unit.clear();
            answer.clear();
            finished.reset();
            merged = false;
        } else if constexpr (std::is_same_v<Data, Merged>) {
            merged = true;
            merged_at = unit;
        } else if constexpr (std::is_same_v<Data, Unmerged>) {
            merged = false;
        } else if constexpr (std::is_same_v<Data, Rated>) {
            rating = nameOf(data.rating);
            rated_unit = data.unit;
        } else if constexpr (std::is_same_v<Data, Approved>) {
            approved = data.text;
        } else if constexpr (std::is_same_v<Data, Released>) {
            answer = data.shared.empty() ? approved : data.text;
            finished = at;
        } else if constexpr (std::is_same_v<Data, RefusedByCentre>) {
            finished = at;
        } else if constexpr (std::is_same_v<Data, CoordinatingRequested> || std::is_same_v<Data, Followed>) {
            for (const std::string& one : data.units) takesPart(one);
        } else if constexpr (std::is_same_v<Data, Closed>) {
            if (!finished) finished = at;
        }
    }
    void takesPart(const std::string& one) {
        if (!one.empty()) parties.insert(one);
    }
};

}  // namespace pakn::test::recount
