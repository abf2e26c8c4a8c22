#include "core/app/nodes.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "core/app/workplace.hpp"
#include "core/domain/civil_time.hpp"
#include "core/engine/lease.hpp"

namespace pakn::app {

namespace {

constexpr const char* kOwner = "hub/nodes";  // No connector can have this id: none has a slash.
constexpr const char* kKey = "running";
constexpr const char* kLease = "nodes";
constexpr std::chrono::seconds kLength{10};
constexpr int kMostTries = 300;  ///< Others write, too.
constexpr std::chrono::milliseconds kBetweenTries{50};

std::string textOf(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : std::string{};
}

NodeRecord recordOf(const rapidjson::Value& object) {
    const auto pid = object.FindMember("pid");
    return {.node = textOf(object, "node"),
            .url = textOf(object, "url"),
            .pid = pid != object.MemberEnd() && pid->value.IsInt64() ? pid->value.GetInt64() : 0,
            .version = textOf(object, "version"),
            .configuration = textOf(object, "configuration"),
            .started_at = domain::parseInstant(textOf(object, "started_at")).value_or(Instant{}),
            .instance = textOf(object, "instance"),
            .everywhere = textOf(object, "listens") == "everywhere"};
}

Status write(store::Store& store, const std::vector<NodeRecord>& nodes) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> json{buffer};
    json.StartArray();
    for (const NodeRecord& one : nodes) {
        json.StartObject();
        for (const auto& [name, text] : {std::pair{"node", one.node},
                                         {"url", one.url},
                                         {"version", one.version},
                                         {"configuration", one.configuration},
                                         {"instance", one.instance},
                                         {"listens", one.everywhere ? "everywhere" : "here"},
                                         {"started_at", domain::formatInstant(one.started_at)}}) {
            json.Key(name);
            json.String(text.c_str());
        }
        json.Key("pid");
        json.Int64(one.pid);
        json.EndObject();
    }
    json.EndArray();
    return store.putStateValue(kOwner, kKey, buffer.GetString());
}

/// Everybody else, then perhaps this one. One at a time: several hubs may start at once, as after a power cut.
Status replace(store::Store& store, const NodeRecord& record, bool present) {
    engine::Lease alone{store, kLease, storeNow(store)};
    for (int tries = 0;; ++tries) {
        Result<bool> held = alone.hold(storeNow(store), kLength);
        if (!held) return std::move(held).error();
        if (*held) break;
        if (tries == kMostTries) return Error{.code = Errc::kUnavailable, .message = "another hub writes where it is"};
        std::this_thread::sleep_for(kBetweenTries);
    }
    Result<std::vector<NodeRecord>> nodes = nodesOf(store);
    if (!nodes) return std::move(nodes).error();
    std::erase_if(*nodes, [&](const NodeRecord& one) { return one.node == record.node; });
    if (present) nodes->push_back(record);
    return write(store, *nodes);
}

}  // namespace

Result<std::vector<NodeRecord>> nodesOf(store::Store& store) {
    const Result<std::optional<std::string>> text = store.stateValue(kOwner, kKey);
    if (!text) return text.error();
    std::vector<NodeRecord> nodes;
    if (!*text) return nodes;
    rapidjson::Document document;
    document.Parse(text->value().c_str());
    if (document.HasParseError() || !document.IsArray()) return nodes;
    for (const rapidjson::Value& one : document.GetArray())
        if (one.IsObject()) nodes.push_back(recordOf(one));
    return nodes;
}

Status announce(store::Store& store, const NodeRecord& record) { return replace(store, record, true); }
Status withdraw(store::Store& store, const NodeRecord& record) { return replace(store, record, false); }

std::string hostName() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

}  // namespace pakn::app
