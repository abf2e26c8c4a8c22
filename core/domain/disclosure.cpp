#include "core/domain/disclosure.hpp"

#include <array>
#include <cmath>

#include "core/domain/shown_file.hpp"

namespace pakn::domain {

namespace {

const std::array<Label, 16> kStatusLabels{{
    {"Đã tiếp nhận phản ánh gửi đến", "Received"},
    {"Đã chấp nhận", "Accepted"},
    {"Đã chuyển đơn vị xử lý", "Distributed"},
    {"Đã giao cán bộ", "Assigned"},
    {"Đang xử lý", "In progress"},
    {"Hẹn xử lý", "Appointed"},
    {"Chờ phê duyệt", "Awaiting approval"},
    {"Đã phê duyệt", "Approved"},
    {"Chờ ký số", "Being signed"},
    {"Chờ Trung tâm công bố", "At the Centre"},
    {"Đã trả lời", "Answered"},
    {"Đã kết thúc", "Closed"},
    {"Bị trả lại Trung tâm", "Returned"},
    {"Theo dõi tiếp", "Following"},
    {"Đã gộp", "Merged"},
    {"Không tiếp nhận", "Refused"},
}};

/// The status a citizen's step shows; nothing for what is internal to the agencies.
std::optional<Status> publicStep(EventKind kind) {
    switch (kind) {
        case EventKind::kReceived:
            return Status::kReceived;
        case EventKind::kAccepted:
            return Status::kAccepted;
        case EventKind::kDistributed:
            return Status::kDistributed;
        case EventKind::kStarted:
        case EventKind::kAssigned:
        case EventKind::kReopened:
            return Status::kInProgress;
        case EventKind::kAppointed:
            return Status::kAppointed;
        case EventKind::kMerged:
            return Status::kMerged;
        case EventKind::kReleased:
            return Status::kAnswered;
        case EventKind::kRefused:
            return Status::kRefused;
        case EventKind::kClosed:
            return Status::kClosed;
        default:
            return std::nullopt;
    }
}

bool isPublicStep(const Event& event) { return publicStep(event.kind()) && !isOfPart(event); }

PublicLabel publicLabel(Status status) { return {labelOf(status).vi, labelOf(status).en}; }

std::string unitName(const Rules& rules, const std::string& id) {
    const Unit* unit = rules.unit(id);
    return unit ? unit->name : std::string{};
}

std::vector<PublicStep> stepsOf(const std::vector<Event>& history, const Rules& rules) {
    std::vector<PublicStep> steps;
    for (const Event& event : history) {
        if (!isPublicStep(event)) continue;
        const std::optional<Status> status = publicStep(event.kind());
        PublicStep step{.at = event.at, .status = std::string{nameOf(*status)}, .label = publicLabel(*status)};
        if (const auto* distributed = std::get_if<Distributed>(&event.data))
            step.unit_name = unitName(rules, distributed->unit);
        // Why it was not taken on is said to the citizen; every other comment is between officials.
        if (const auto* refused = std::get_if<RefusedByCentre>(&event.data)) step.reason = refused->comment;
        // And why the hub closed it, when nobody answered: no official said it.
        if (const auto* closed = std::get_if<Closed>(&event.data); closed && event.role == Role::kSystem)
            step.reason = closed->comment;
        steps.push_back(std::move(step));
    }
    return steps;
}

std::vector<PublicFile> filesOf(const std::vector<FileRef>& files) {
    std::vector<PublicFile> shown;
    for (const FileRef& file : files)
        shown.push_back({file.sha256, shownName(file), std::string{shownType(file.type)}, file.size});
    return shown;
}

/// A question to the sender, and when it was asked, in milliseconds since 1970.
void askedAt(PublicPetition& view, Instant at, const std::string& question) {
    view.attributes["question"] = question;
    view.attributes["question_at"] = std::to_string(at.time_since_epoch().count());
}

/// What both views share.
PublicPetition common(const Petition& petition, const Rules& rules) {
    const Category* category = rules.category(petition.category);
    const auto total = petition.due.find(Clock::kTotal);
    PublicPetition view{.code = petition.code,
                        .title = petition.title,
                        .status = std::string{nameOf(petition.status)},
                        .status_label = publicLabel(petition.status),
                        .category = petition.category,
                        .category_name = category ? category->name : std::string{},
                        .area = petition.location.area,
                        .unit_name = unitName(rules, petition.unit),
                        .received_at = petition.received_at,
                        .due_at = total == petition.due.end() ? std::nullopt : std::optional{total->second},
                        .finished_at = petition.finished_at};
    if (petition.appointment && !petition.finished_at)
        view.attributes[std::string{kAppointedAt}] =
            std::to_string(petition.appointment->until.time_since_epoch().count());
    if (petition.released)
        view.answer = PublicAnswer{petition.released->text, filesOf(petition.released->files), petition.released->at};
    return view;
}

/// Three decimals of a degree: about a hundred metres, the street but not the door.
std::optional<double> rounded(const std::optional<double>& degrees) {
    return degrees ? std::optional{std::round(*degrees * 1000) / 1000} : std::nullopt;
}

}  // namespace

const Label& labelOf(Status status) { return kStatusLabels.at(static_cast<std::size_t>(status)); }

Shown shownToEverybody(const Petition& petition) {
    if (!mayDiscloseText(petition) || petition.withheld) return Shown::kNothing;
    return petition.released ? Shown::kWhole : Shown::kUnderWay;
}

bool isPublished(const Petition& petition) { return shownToEverybody(petition) == Shown::kWhole; }

bool changesSendersView(const Event& event) {
    if (isPublicStep(event)) return true;
    const auto* note = std::get_if<Noted>(&event.data);
    return (note && note->question) || event.kind() == EventKind::kSupplemented || event.kind() == EventKind::kRated;
}

PublicPetition sendersView(const Petition& petition, const std::vector<Event>& history, const Rules& rules) {
    PublicPetition view = common(petition, rules);
    view.content = petition.content;
    view.address = petition.location.address;
    view.latitude = petition.location.latitude;
    view.longitude = petition.location.longitude;
    view.steps = stepsOf(history, rules);
    if (petition.emergency_claimed && !petition.finished_at) view.attributes["emergency_line"] = rules.emergency_line;
    if (petition.rating) view.attributes["rating"] = nameOf(petition.rating->value);
    // What was asked last and is not answered yet.
    if (!petition.finished_at)
        for (const Event& event : history) {
            if (const auto* note = std::get_if<Noted>(&event.data); note && note->question)
                askedAt(view, event.at, note->comment);
            if (std::holds_alternative<Supplemented>(event.data)) {
                view.attributes.erase("question");
                view.attributes.erase("question_at");
            }
        }
    // Opened again, it still shows its sender what was said before.
    if (!view.answer && !petition.former_answers.empty()) {
        const ResultText& last = petition.former_answers.back();
        view.answer = PublicAnswer{last.text, filesOf(last.files), last.at};
    }
    view.attachments = filesOf(petition.files);
    return view;
}

const FileRef* fileOfSender(const Petition& petition, std::string_view sha256) {
    std::vector<const std::vector<FileRef>*> shown{&petition.files};
    if (petition.released)
        shown.push_back(&petition.released->files);
    else if (!petition.former_answers.empty())
        shown.push_back(&petition.former_answers.back().files);
    for (const std::vector<FileRef>* const files : shown)
        for (const FileRef& file : *files)
            if (file.sha256 == sha256) return &file;
    return nullptr;
}

std::optional<PublicPetition> everybodysView(const Petition& petition, const Rules& rules) {
    if (!isPublished(petition)) return std::nullopt;
    PublicPetition view = common(petition, rules);
    view.content = petition.content;
    view.latitude = rounded(petition.location.latitude);
    view.longitude = rounded(petition.location.longitude);
    return view;
}

std::optional<PublicPetition> viewUnderWay(const Petition& petition, const Rules& rules) {
    const Shown shown = shownToEverybody(petition);
    if (shown == Shown::kWhole) return everybodysView(petition, rules);
    if (shown == Shown::kNothing) return std::nullopt;
    PublicPetition view = common(petition, rules);
    view.title.clear();
    view.latitude = rounded(petition.location.latitude);
    view.longitude = rounded(petition.location.longitude);
    return view;
}

std::vector<PublicStep> everybodysSteps(const std::vector<Event>& history, const Rules& rules) {
    std::vector<PublicStep> steps = stepsOf(history, rules);
    for (PublicStep& step : steps) step.reason.clear();
    return steps;
}

}  // namespace pakn::domain
