/// @file
/// c.3 to c.5 of the checklist: discovery, services, definitions.

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "core/app/open311/rule.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app::open311 {

namespace {

constexpr std::string_view kSpecification = "http://wiki.open311.org/GeoReport_v2";

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool isUrlSafe(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_' || c == '~';
    });
}

/// Discovery in XML, when it can be read.
const Node* discovery(Site& site) {
    const Answer& answer = site.atRoot("/discovery.xml");
    return answer.ok() && answer.document ? &*answer.document : nullptr;
}

/// The first of these that is missing, or that nothing stands in; empty: none.
std::string missing(const Node& node, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (node.textOf(name).empty() && node.listOf(name).empty()) return std::string{name};
    return {};
}

Verdict discoveryFields(Site& site) {
    const Node* const root = discovery(site);
    if (root == nullptr) return failed("discovery.xml: " + site.atRoot("/discovery.xml").summary());
    if (root->name != "discovery") return failed("the root is " + root->name);
    if (std::string name = missing(*root, {"changeset", "contact", "key_service", "endpoints"}); !name.empty())
        return failed("no " + name);
    for (const Node& endpoint : root->listOf("endpoints")) {
        std::string name = missing(endpoint, {"specification", "url", "changeset", "type", "formats"});
        if (!name.empty()) return failed("an endpoint without " + name);
        if (!isOneOf(endpoint.textOf("type"), {"production", "test"}))
            return failed("type: " + std::string{endpoint.textOf("type")});
        if (endpoint.textOf("specification") != kSpecification)
            return failed("specification: " + std::string{endpoint.textOf("specification")});
    }
    return passed();
}

Verdict discoveryInJson(Site& site) {
    const Answer& answer = site.atRoot("/discovery.json");
    if (!answer.ok() || !answer.document) return failed("discovery.json: " + answer.summary());
    if (answer.document->kind != Node::Kind::kObject) return failed("the top is no object");
    const Node* const endpoints = answer.document->find("endpoints");
    if (endpoints == nullptr || endpoints->kind != Node::Kind::kList) return failed("endpoints is no array");
    for (const Node& endpoint : endpoints->children) {
        const Node* const formats = endpoint.find("formats");
        if (formats == nullptr || formats->kind != Node::Kind::kList) return failed("formats is no array");
        for (const Node& format : formats->children)
            if (format.kind != Node::Kind::kText) return failed("a format is no text");
    }
    return passed();
}

Verdict changesets(Site& site) {
    const Node* const root = discovery(site);
    if (root == nullptr) return failed("no discovery.xml");
    if (!domain::parseInstant(root->textOf("changeset"))) return failed(std::string{root->textOf("changeset")});
    for (const Node& endpoint : root->listOf("endpoints"))
        if (!domain::parseInstant(endpoint.textOf("changeset")))
            return failed(std::string{endpoint.textOf("changeset")});
    return passed();
}

Verdict twoOfEach(Site& site) {
    const Node* const root = discovery(site);
    if (root == nullptr) return failed("no discovery.xml");
    const auto& endpoints = root->listOf("endpoints");
    if (endpoints.size() < 2) return failed(std::to_string(endpoints.size()) + " endpoint");
    for (const Node& endpoint : endpoints)
        if (endpoint.listOf("formats").size() < 2) return failed("an endpoint with one format");
    return passed();
}

Verdict noSlashAtTheEnd(Site& site) {
    const Node* const root = discovery(site);
    if (root == nullptr) return failed("no discovery.xml");
    for (const Node& endpoint : root->listOf("endpoints"))
        if (endpoint.textOf("url").ends_with('/')) return failed(std::string{endpoint.textOf("url")});
    return passed();
}

Verdict changesetMoves(Site&) { return skipped("only a change of the services would show it"); }

Verdict serviceFields(Site& site) {
    const Answer& xml = site.get("/services.xml");
    if (!xml.ok() || !xml.document) return failed("services.xml: " + xml.summary());
    if (xml.document->name != "services") return failed("the root is " + xml.document->name);
    if (xml.document->children.empty()) return failed("no services");
    for (const Node& service : xml.document->children) {
        if (service.name != "service") return failed("an element " + service.name);
        for (const char* name :
             {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"})
            if (!service.has(name)) return failed(std::string{"a service without "} + name);
        if (!isOneOf(service.textOf("type"), {"realtime", "batch", "blackbox"}))
            return failed("type: " + std::string{service.textOf("type")});
    }
    const Answer& json = site.get("/services.json");
    const bool array = json.document && json.document->kind == Node::Kind::kList;
    return array ? passed() : failed("services.json is no array");
}

Verdict codes(Site& site) {
    std::set<std::string_view> known;
    for (const Node& service : site.services()) {
        const std::string_view code = service.textOf("service_code");
        if (!isUrlSafe(code)) return failed("a code that cannot stand in an address: " + std::string{code});
        if (!known.insert(code).second) return failed("a code stands twice: " + std::string{code});
    }
    if (known.empty()) return failed("no services");
    const auto promised =
        static_cast<std::size_t>(std::count_if(site.services().begin(), site.services().end(), [](const Node& service) {
            return service.textOf("metadata") == "true";
        }));
    const std::vector<const Node*> definitions = site.definitions();
    if (definitions.size() < std::min<std::size_t>(promised, 20)) return failed("metadata without a definition");
    for (const Node* one : definitions)
        if (one->listOf("attributes").empty()) return failed("metadata, and a definition without attributes");
    return passed();
}

Verdict descriptionAndKeywords(Site& site) {
    if (site.services().empty()) return failed("no services");
    for (const Node& service : site.services())
        if (std::string name = missing(service, {"description", "keywords"}); !name.empty())
            return failed(std::string{service.textOf("service_code")} + " without " + name);
    return passed();
}

Verdict servicesOfAPlace(Site& site) {
    const Answer& answer = site.get("/services.xml?lat=16.4637&long=107.5909");
    const bool list = answer.ok() && answer.document && answer.document->name == "services";
    return list ? passed() : failed("with lat and long: " + answer.summary());
}

Verdict definitionShape(Site& site) {
    for (const Node& service : site.services()) {
        if (service.textOf("metadata") != "true") continue;
        const std::string path = "/services/" + std::string{service.textOf("service_code")};
        const Answer& xml = site.get(path + ".xml");
        if (!xml.ok() || !xml.document) return failed(path + ".xml: " + xml.summary());
        if (xml.document->name != "service_definition") return failed("the root is " + xml.document->name);
        if (xml.document->textOf("service_code") != service.textOf("service_code")) return failed("another code");
        if (!xml.document->has("attributes")) return failed("no attributes");
        const Answer& json = site.get(path + ".json");
        const bool object = json.document && json.document->kind == Node::Kind::kObject;
        if (!object) return failed(path + ".json is no object");
        const Node* const attributes = json.document->find("attributes");
        const bool array = attributes != nullptr && attributes->kind == Node::Kind::kList;
        return array ? passed() : failed("attributes is no array in JSON");
    }
    return skipped("no service has a definition");
}

std::string wrongAttribute(const Node& attribute) {
    for (const char* name :
         {"variable", "code", "datatype", "required", "datatype_description", "order", "description"})
        if (!attribute.has(name)) return std::string{"no "} + name;
    for (const char* name : {"variable", "required"})
        if (!isOneOf(attribute.textOf(name), {"true", "false"})) return std::string{name} + " is no boolean";
    const std::string_view type = attribute.textOf("datatype");
    if (!isOneOf(type, {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}))
        return "datatype: " + std::string{type};
    const std::string_view order = attribute.textOf("order");
    if (order.empty() || order == "0" || order.find_first_not_of("0123456789") != std::string_view::npos)
        return "order: " + std::string{order};
    if (type.ends_with("list") && attribute.listOf("values").empty()) return "a list without values";
    for (const Node& value : attribute.listOf("values"))
        if (value.textOf("key").empty() || value.textOf("name").empty()) return "a value without key or name";
    return {};
}

Verdict attributes(Site& site) {
    const std::vector<const Node*> definitions = site.definitions();
    for (const Node* definition : definitions) {
        std::set<std::string_view> orders;
        for (const Node& attribute : definition->listOf("attributes")) {
            std::string wrong = wrongAttribute(attribute);
            if (wrong.empty() && !orders.insert(attribute.textOf("order")).second) wrong = "an order stands twice";
            if (!wrong.empty())
                return failed(std::string{definition->textOf("service_code")} + '/' +
                              std::string{attribute.textOf("code")} + ": " + wrong);
        }
    }
    return definitions.empty() ? skipped("no service has a definition") : passed();
}

Verdict unknownDefinition(Site& site) {
    const std::string wrong = notErrors(site.get("/services/open311-check-none.xml"), {404});
    if (!wrong.empty()) return failed("an unknown code: " + wrong);
    for (const Node* definition : site.definitions())
        for (const Node& attribute : definition->listOf("attributes"))
            if (attribute.textOf("datatype_description").empty())
                return failed("an empty datatype_description of " + std::string{attribute.textOf("code")});
    return passed();
}

Verdict automated(Site& site) {
    bool any = false;
    for (const Node* definition : site.definitions())
        for (const Node& attribute : definition->listOf("attributes")) {
            const std::string_view word = attribute.textOf("automated");
            if (word.empty()) continue;
            any = true;
            if (!isOneOf(word, {"server_set", "hidden_field"})) return failed(std::string{word});
        }
    return any ? passed() : skipped("no attribute has it");
}

constexpr Rule kRules[] = {
    {"O-30", "discovery.xml with changeset, contact, key_service, and of each endpoint all fields", &discoveryFields},
    {"O-31", "discovery.json: an object, endpoints and formats arrays", &discoveryInJson},
    {"O-32", "changesets are ISO 8601 with a zone", &changesets},
    {"O-33", "two endpoints and two formats of each", &twoOfEach},
    {"O-34", "addresses of endpoints without a slash at the end", &noSlashAtTheEnd},
    {"O-35", "the changeset moves with the services", &changesetMoves},
    {"O-40", "services with all fields in XML, an array in JSON", &serviceFields},
    {"O-41", "codes unique and fit for addresses; metadata only with a definition that has attributes", &codes},
    {"O-42", "description and keywords are not empty", &descriptionAndKeywords},
    {"O-43", "lat and long on the list of services are no error", &servicesOfAPlace},
    {"O-50", "service_definition in XML, an object in JSON", &definitionShape},
    {"O-51", "attributes with all fields, known datatypes, orders of their own, lists with values", &attributes},
    {"O-52", "404 for an unknown code; datatype_description is not empty", &unknownDefinition},
    {"O-53", "automated is server_set or hidden_field", &automated},
};

}  // namespace

std::span<const Rule> catalogueRules() { return kRules; }

}  // namespace pakn::app::open311
