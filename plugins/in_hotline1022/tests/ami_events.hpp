#pragma once
/// @file
/// Events of an exchange as its manager interface writes them.

#include <string>
#include <utility>
#include <vector>

namespace pakn::hotline {

using Lines = std::vector<std::pair<std::string, std::string>>;

inline std::string packet(const Lines& lines) {
    std::string text;
    for (const auto& [key, value] : lines) text += key + ": " + value + "\r\n";
    return text + "\r\n";
}

/// An event about a leg of a call, with more lines.
inline std::string event(const std::string& kind, const std::string& leg, const std::string& call, Lines more = {}) {
    Lines lines{{"Event", kind}, {"Privilege", "call,all"}, {"Uniqueid", leg}, {"Linkedid", call}};
    lines.insert(lines.end(), more.begin(), more.end());
    return packet(lines);
}

/// The caller's leg begins.
inline std::string callerComes(const std::string& call, const std::string& number = "0912345678",
                               const std::string& context = "from-1022") {
    return event(
        "Newchannel", call, call,
        {{"Channel", "PJSIP/trunk-0000002a"}, {"CallerIDNum", number}, {"Context", context}, {"Exten", "1022"}});
}
/// An agent's phone begins to ring.
inline std::string agentRings(const std::string& leg, const std::string& call, const std::string& agent) {
    return event("Newchannel", leg, call,
                 {{"Channel", "PJSIP/" + agent + "-0000002b"},
                  {"CallerIDNum", agent},
                  {"Context", "from-internal"},
                  {"Exten", "s"}});
}
inline std::string dialEnds(const std::string& leg, const std::string& call, const std::string& agent,
                            const std::string& status) {
    return event("DialEnd", call, call,
                 {{"DestUniqueid", leg},
                  {"DestChannel", "PJSIP/" + agent + "-0000002b"},
                  {"DestCallerIDNum", agent},
                  {"DestLinkedid", call},
                  {"DialStatus", status}});
}
inline std::string hangsUp(const std::string& leg, const std::string& call, const std::string& cause = "16",
                           const std::string& context = "from-1022") {
    return event("Hangup", leg, call, {{"CallerIDNum", "0912345678"}, {"Context", context}, {"Cause", cause}});
}

}  // namespace pakn::hotline
