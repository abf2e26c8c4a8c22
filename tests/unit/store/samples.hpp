#pragma once
/// @file
/// Invented petitions and what happens to them, for the store's tests.

#include <string>
#include <utility>
#include <vector>

#include "core/domain/event.hpp"
#include "core/store/store.hpp"

namespace pakn::test {

using namespace std::chrono_literals;

/// 2026-03-09 08:00 in Viet Nam.
inline constexpr Instant kMorning{std::chrono::milliseconds{1773018000000}};

inline domain::Received received(std::string code, std::string title = "Đèn đường hỏng") {
    domain::Received data;
    data.code = std::move(code);
    data.channel = "web";
    data.title = std::move(title);
    data.content = "Ba bóng đèn trước cổng trường không sáng đã một tuần.";
    data.category = "lighting";
    data.petition_class = "PAHT";
    data.tracking_token = "tracking-token";
    return data;
}

/// Goes to the Centre's triage with these limits.
inline domain::Routed routed(std::optional<Instant> triage_due, std::optional<Instant> total_due = {}) {
    domain::Routed data;
    data.rule = "lighting";
    data.unit = "ubnd-xa-mau";
    data.workflow = "officer-first";
    data.step = "triage";
    data.holder = domain::Role::kDispatcher;
    data.sla = "normal";
    data.triage_due = triage_due;
    data.total_due = total_due;
    return data;
}

inline domain::Distributed distributed(std::string unit, Instant handle_due) {
    domain::Distributed data;
    data.action = "distribute";
    data.step = "assign";
    data.status = domain::Status::kDistributed;
    data.holder = domain::Role::kOfficer;
    data.at_centre = false;
    data.unit = std::move(unit);
    data.handle_due = handle_due;
    data.remind_at = handle_due - 24h;
    return data;
}

inline domain::Started started(std::string officer) {
    domain::Started data;
    data.step = "handling";
    data.status = domain::Status::kInProgress;
    data.holder = domain::Role::kOfficer;
    data.at_centre = false;
    data.officer = std::move(officer);
    return data;
}

inline domain::RefusedByCentre refusedByCentre() {
    domain::RefusedByCentre data;
    data.comment = "Không thuộc thẩm quyền";
    data.step = "refused";
    data.status = domain::Status::kRefused;
    return data;
}

inline domain::DeliveryQueued queued(std::string delivery, std::string connector = "webhook") {
    domain::DeliveryQueued data;
    data.delivery = std::move(delivery);
    data.connector = std::move(connector);
    return data;
}

inline store::Person person() {
    store::Person one;
    one.petitioner = {.kind = "individual",
                      .name = "Nguyễn Văn Mẫu",
                      .phone = "+84912345678",
                      .email = "mau@example.org",
                      .citizen_id = "001099012345",
                      .address = "Thôn Mẫu, xã Mẫu, tỉnh Mẫu"};
    one.phone_typed = "0912 345 678";
    one.consent.process_personal_data = true;
    one.declared_true = true;
    one.attributes = {{"device", "điện thoại"}, {"empty", ""}};
    one.provenance = {{"phone", "repaired:missing_zero"}, {"title", "derived:content"}};
    one.consents = {{.purpose = "declared_true",
                     .by = "operator:a-1",
                     .channel = "counter",
                     .at = kMorning,
                     .text_version = "v2",
                     .proof = "form"},
                    {.purpose = "publish_identity", .by = "sender", .channel = "web", .at = kMorning}};
    return one;
}

/// A petition as a test tells its story: every call makes the change that follows from events.
class Story {
public:
    explicit Story(std::string id) { petition_.id = std::move(id); }

    [[nodiscard]] const domain::Petition& petition() const { return petition_; }
    [[nodiscard]] const std::vector<domain::Event>& events() const { return events_; }

    store::Change happens(std::vector<domain::EventData> data, Instant at = kMorning) {
        store::Change change{.before = petition_};
        for (domain::EventData& one : data) {
            domain::Event event{.id = petition_.id + "-e" + std::to_string(petition_.version + 1),
                                .petition_id = petition_.id,
                                .version = petition_.version + 1,
                                .at = at,
                                .actor = "account-1",
                                .role = domain::Role::kDispatcher,
                                .config_hash = "c0ffee",
                                .data = std::move(one)};
            petition_ = apply(std::move(petition_), event);
            events_.push_back(event);
            change.events.push_back(std::move(event));
        }
        change.after = petition_;
        return change;
    }
    /// The first change of a petition.
    store::Change begins(std::vector<domain::EventData> data, std::vector<std::string> inbox_keys = {},
                         Instant at = kMorning) {
        store::Change change = happens(std::move(data), at);
        change.birth = std::make_shared<const store::Birth>(
            store::Birth{.person = person(), .inbox_keys = std::move(inbox_keys), .body_hash = "body"});
        return change;
    }

private:
    domain::Petition petition_;
    std::vector<domain::Event> events_;
};

}  // namespace pakn::test
