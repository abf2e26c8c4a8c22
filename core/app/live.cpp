#include "core/app/live.hpp"

#include <rapidjson/document.h>

#include "core/plugin_host/plugin_host.hpp"

namespace pakn::app {

namespace {

std::string textOf(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : std::string{};
}

std::int64_t numberOf(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsInt64() ? found->value.GetInt64() : 0;
}

void read(LiveNode& node, const std::string& body) {
    rapidjson::Document document;
    document.Parse(body.c_str());
    if (document.HasParseError() || !document.IsObject() || !document.HasMember("status")) {
        node.problem = "something else answers there";
        return;
    }
    if (textOf(document, "instance") != node.record.instance) {
        node.problem = "another hub answers there";
        return;
    }
    node.reachable = true;
    node.ready = textOf(document, "status") == "ready";
    node.configuration = textOf(document, "configuration");
    if (!document.HasMember("connectors") || !document["connectors"].IsArray()) return;
    for (const rapidjson::Value& one : document["connectors"].GetArray())
        node.connectors.push_back({.id = textOf(one, "id"),
                                   .plugin = textOf(one, "plugin"),
                                   .state = textOf(one, "state"),
                                   .received = numberOf(one, "received"),
                                   .sent = numberOf(one, "sent"),
                                   .failures = numberOf(one, "failures")});
}

/// From this machine. What listens everywhere on another one is reached by that one's name.
std::string urlOf(const NodeRecord& record) {
    if (!record.everywhere || record.node == hostName()) return record.url;
    return "http://" + record.node + record.url.substr(record.url.rfind(':'));
}

}  // namespace

Result<std::vector<LiveNode>> askNodes(store::Store& store) {
    const Result<std::vector<NodeRecord>> records = nodesOf(store);
    if (!records) return records.error();
    const std::unique_ptr<HttpClient> http = plugin_host::makeHttpClient();
    std::vector<LiveNode> nodes;
    for (const NodeRecord& record : *records) {
        LiveNode node{.record = record};
        HttpRequest request;
        request.method = "GET";
        request.url = urlOf(record) + "/readyz";
        HttpClient::Limits limits;
        limits.timeout = std::chrono::seconds{3};
        const Result<HttpResponse> answer = http->perform(request, limits);
        if (answer)
            read(node, answer->body);
        else
            node.problem = answer.error().message;
        nodes.push_back(std::move(node));
    }
    return nodes;
}

}  // namespace pakn::app
