#include "call_tracker.hpp"

#include <algorithm>

#include "call_facts.hpp"
#include "text.hpp"

namespace pakn::hotline {
namespace {

constexpr std::size_t kMostId = 200;
constexpr std::size_t kMostText = 100;
constexpr std::size_t kMostLegs = 200;  ///< Of one call: a queue that rings everybody again and again.

bool isIn(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// As AMI says that it does not know.
std::string knownText(std::string_view text) {
    if (text == "<unknown>" || text.size() > kMostText || !isUtf8(text)) return {};
    return std::string{text};
}

/// "PJSIP/201-0000002b" and "Local/201@from-queue-00000001;1" are 201.
std::string extensionOf(std::string_view channel) {
    const std::size_t slash = channel.find('/');
    if (slash == std::string_view::npos) return {};
    channel.remove_prefix(slash + 1);
    if (const std::size_t at = channel.find('@'); at != std::string_view::npos)
        channel = channel.substr(0, at);
    else if (const std::size_t dash = channel.rfind('-'); dash != std::string_view::npos)
        channel = channel.substr(0, dash);
    return knownText(channel);
}

bool isNumber(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What a call was when nobody took it: by what became of the last agent rung, else by why the caller's leg ended
/// (ITU-T Q.850).
std::string resultOfDial(std::string_view status) {
    if (status == "BUSY") return "busy";
    if (status == "NOANSWER") return "no_answer";
    if (status == "CHANUNAVAIL" || status == "CONGESTION" || status == "INVALIDARGS") return "failed";
    return {};
}
std::string resultOfCause(std::string_view cause) {
    if (cause == "17") return "busy";
    if (cause == "18" || cause == "19") return "no_answer";
    if (cause == "16" || cause == "0" || cause.empty()) return "abandoned";
    return "failed";
}

std::string_view baseName(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

std::optional<Call> CallTracker::take(const AmiPacket& event, Instant at) {
    const std::string_view kind = event.get("Event");
    const std::string id = callOf(event);
    if (id.empty() || id.size() > kMostId || !isUtf8(id)) return std::nullopt;
    if (kind == "Newchannel") return begin(event, id, at);
    if (kind == "Hangup") return hangUp(event, id, at);
    Running* const one = running(id);
    if (one == nullptr || !one->ours) return std::nullopt;
    one->heard_at = at;
    if (kind == "DialEnd") {
        one->last_dial = event.get("DialStatus");
        if (one->last_dial != "ANSWER") return std::nullopt;
        std::string agent = knownText(event.get("DestCallerIDNum"));
        return answer(*one, isNumber(agent) ? agent : extensionOf(event.get("DestChannel")), at);
    }
    if (kind == "AgentConnect") {
        std::string agent = extensionOf(event.get("Interface"));
        return answer(*one, agent.empty() ? knownText(event.get("MemberName")) : agent, at);
    }
    if (kind == "BridgeEnter") {
        if (event.get("Uniqueid") == id) return std::nullopt;  // The caller, who may wait there for somebody.
        const std::string agent = knownText(event.get("CallerIDNum"));
        return answer(*one, isNumber(agent) ? agent : extensionOf(event.get("Channel")), at);
    }
    if (kind == "QueueCallerAbandon") one->abandoned = true;
    if (kind == "Cdr" && one->last_dial.empty()) {
        // Of "ANSWERED" it says nothing: that is a queue, too, that nobody took the caller from.
        const std::string_view disposition = event.get("Disposition");
        if (disposition == "BUSY") one->last_dial = "BUSY";
        if (disposition == "NO ANSWER") one->last_dial = "NOANSWER";
        if (disposition == "FAILED") one->last_dial = "CHANUNAVAIL";
    }
    if (kind == "VarSet" || kind == "MixMonitorStart") return record(*one, event);
    return std::nullopt;
}

void CallTracker::forget() {
    calls_.clear();
    call_of_leg_.clear();
}

/// A leg keeps the call that it began in, whatever a transfer makes of Linkedid later. A Cdr has no Linkedid, only the
/// Uniqueid of its own leg.
std::string CallTracker::callOf(const AmiPacket& event) const {
    const std::string leg{event.get(event.get("Event") == "Cdr" ? "UniqueID" : "Uniqueid")};
    if (const auto known = call_of_leg_.find(leg); known != call_of_leg_.end()) return known->second;
    const std::string_view linked = event.get("Linkedid");
    if (!linked.empty()) return std::string{linked};
    return std::string{event.get("DestLinkedid")};
}

CallTracker::Running* CallTracker::running(const std::string& id) {
    const auto found = calls_.find(id);
    return found == calls_.end() ? nullptr : &found->second;
}

bool CallTracker::isOurs(std::string_view context) const {
    return which_.contexts.empty() ? !isIn(which_.internal_contexts, context) : isIn(which_.contexts, context);
}

std::optional<Call> CallTracker::begin(const AmiPacket& event, const std::string& id, Instant at) {
    const std::string leg{event.get("Uniqueid")};
    if (leg.empty() || leg.size() > kMostId) return std::nullopt;
    const bool first = leg == id;
    Running* one = running(id);
    if (one == nullptr) {
        makeRoom(at);
        one = &calls_[id];
        one->call.id = id;
    }
    one->heard_at = at;
    if (one->legs.size() < kMostLegs && call_of_leg_.emplace(leg, id).second) one->legs.push_back(leg);
    if (!first || one->whole) return std::nullopt;
    one->whole = true;
    one->ours = isOurs(event.get("Context"));
    if (!one->ours) return std::nullopt;
    one->call.started_at = at;
    one->call.caller = knownText(event.get("CallerIDNum"));
    const std::string exten = knownText(event.get("Exten"));
    if (isNumber(exten)) one->call.called = exten;
    return one->call;
}

std::optional<Call> CallTracker::answer(Running& running, std::string agent, Instant at) {
    const bool news = !running.call.answered_at || (running.call.agent.empty() && !agent.empty());
    if (!running.call.answered_at) running.call.answered_at = at;
    if (running.call.agent.empty()) running.call.agent = std::move(agent);
    running.call.result = "answered";
    return news ? std::optional{running.call} : std::nullopt;
}

std::optional<Call> CallTracker::record(Running& running, const AmiPacket& event) {
    if (event.get("Event") == "VarSet" && event.get("Variable") != "MIXMONITOR_FILENAME") return std::nullopt;
    const std::string name = std::string{baseName(event.get("Value"))};
    if (name.empty() || name.size() > kMostId || !isUtf8(name)) return std::nullopt;
    running.call.attributes.insert_or_assign(std::string{kRecordingFile}, name);
    return running.call;
}

std::optional<Call> CallTracker::hangUp(const AmiPacket& event, const std::string& id, Instant at) {
    const std::string leg{event.get("Uniqueid")};
    call_of_leg_.erase(leg);
    Running* const one = running(id);
    std::optional<Call> end;
    if (leg == id && (one == nullptr || !one->whole) && isOurs(event.get("Context"))) {
        // Its beginning was not seen: that it is over is known, not how it was.
        end = Call{.id = id, .caller = knownText(event.get("CallerIDNum")), .ended_at = at};
    }
    if (one == nullptr) return end;
    one->heard_at = at;
    one->legs.erase(std::remove(one->legs.begin(), one->legs.end(), leg), one->legs.end());
    if (leg == id) one->cause = event.get("Cause");
    if (!one->legs.empty()) return end;
    Running over = std::move(*one);
    calls_.erase(id);
    if (!over.ours) return end;
    finish(over, at);
    return std::move(over.call);
}

std::string CallTracker::resultOf(const Running& running) {
    if (running.call.answered_at) return "answered";
    if (running.abandoned) return "abandoned";
    const std::string dialled = resultOfDial(running.last_dial);
    return dialled.empty() ? resultOfCause(running.cause) : dialled;
}

void CallTracker::finish(Running& running, Instant at) const {
    running.call.ended_at = at;
    running.call.result = resultOf(running);
    markShort(running.call, which_.short_call);
}

/// Calls whose end was never heard of go by themselves.
void CallTracker::makeRoom(Instant at) {
    const auto drop = [this](std::map<std::string, Running>::iterator one) {
        for (const std::string& leg : one->second.legs) call_of_leg_.erase(leg);
        return calls_.erase(one);
    };
    if (calls_.size() < kMostCalls) return;
    for (auto one = calls_.begin(); one != calls_.end();)
        one = at - one->second.heard_at > kLongest ? drop(one) : std::next(one);
    if (calls_.size() < kMostCalls) return;
    drop(std::min_element(calls_.begin(), calls_.end(),
                          [](const auto& a, const auto& b) { return a.second.heard_at < b.second.heard_at; }));
}

}  // namespace pakn::hotline
