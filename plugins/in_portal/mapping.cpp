#include "mapping.hpp"

#include <algorithm>
#include <array>

#include "digest.hpp"
#include "text.hpp"

namespace pakn::in_portal {

/// A line of the table: name as in the intake JSON, and how its value gets into the petition.
struct Field {
    std::string_view name;
    Status (*fill)(const Source& source, const Json& item, IncomingPetition& petition);
};

namespace {

template <class Value, class Member>
Status assign(Result<std::optional<Value>> value, Member& member) {
    if (!value) return std::move(value).error();
    if (*value) member = **value;
    return Done{};
}

template <auto Member>
Status fillText(const Source& source, const Json& item, IncomingPetition& petition) {
    return assign(textFrom(source, item), petition.*Member);
}
template <auto Member>
Status fillFlag(const Source& source, const Json& item, IncomingPetition& petition) {
    return assign(flagFrom(source, item), petition.*Member);
}
template <auto Part, auto Member>
Status fillPartText(const Source& source, const Json& item, IncomingPetition& petition) {
    return assign(textFrom(source, item), petition.*Part.*Member);
}
template <auto Part, auto Member>
Status fillPartFlag(const Source& source, const Json& item, IncomingPetition& petition) {
    return assign(flagFrom(source, item), petition.*Part.*Member);
}
template <auto Member>
Status fillDegrees(const Source& source, const Json& item, IncomingPetition& petition) {
    return assign(numberFrom(source, item), petition.location.*Member);
}
Status fillOccurredAt(const Source& source, const Json& item, IncomingPetition& petition) {
    return assign(dateFrom(source, item), petition.occurred_at);
}

using In = IncomingPetition;

constexpr Field kFields[] = {
    {"external_id", &fillText<&In::external_id>},
    {"title", &fillText<&In::title>},
    {"content", &fillText<&In::text>},
    {"category", &fillText<&In::category>},
    {"class", &fillText<&In::petition_class>},
    {"complained_unit", &fillText<&In::complained_unit>},
    {"emergency", &fillFlag<&In::emergency>},
    {"public", &fillFlag<&In::is_public>},
    {"anonymous", &fillFlag<&In::anonymous>},
    {"declared_true", &fillFlag<&In::declared_true>},
    {"occurred_at", &fillOccurredAt},
    {"petitioner.kind", &fillPartText<&In::petitioner, &Petitioner::kind>},
    {"petitioner.name", &fillPartText<&In::petitioner, &Petitioner::name>},
    {"petitioner.phone", &fillPartText<&In::petitioner, &Petitioner::phone>},
    {"petitioner.email", &fillPartText<&In::petitioner, &Petitioner::email>},
    {"petitioner.citizen_id", &fillPartText<&In::petitioner, &Petitioner::citizen_id>},
    {"petitioner.address", &fillPartText<&In::petitioner, &Petitioner::address>},
    {"consent.process_personal_data", &fillPartFlag<&In::consent, &Consent::process_personal_data>},
    {"consent.use_identity_in_handling", &fillPartFlag<&In::consent, &Consent::use_identity_in_handling>},
    {"consent.publish_identity", &fillPartFlag<&In::consent, &Consent::publish_identity>},
    {"location.address", &fillPartText<&In::location, &Location::address>},
    {"location.area", &fillPartText<&In::location, &Location::area>},
    {"location.lat", &fillDegrees<&Location::latitude>},
    {"location.lon", &fillDegrees<&Location::longitude>},
};
constexpr std::string_view kGroups[] = {"petitioner", "consent", "location"};

/// The keys of `section` that are fields called `prefix` and a name.
void readFields(Section& section, std::string_view prefix, Mapping& mapping) {
    for (const Field& field : kFields) {
        if (field.name.substr(0, prefix.size()) != prefix) continue;
        const std::string_view name = field.name.substr(prefix.size());
        if (name.find('.') != std::string_view::npos) continue;
        const Node* const node = section.take(name);
        if (node == nullptr) continue;
        Source source = readSource(*node, mapping.defaults, section.mistakes());
        source.required = source.required || field.name == "external_id";
        mapping.fields.emplace_back(&field, std::move(source));
    }
}

bool isAttributeName(std::string_view name) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return !name.empty() && name.size() <= 64 && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

void readAttributes(Section& fields, Mapping& mapping) {
    const Node* const node = fields.take("attributes");
    if (node == nullptr) return;
    if (node->kind != Node::Kind::kMap) {
        fields.mistakes().add(node->mark, "attributes are names and places");
        return;
    }
    for (const Entry& entry : node->entries) {
        if (!isAttributeName(entry.key))
            fields.mistakes().add(entry.mark, inQuotes(entry.key) + " is no name of an attribute", "a-z, 0-9 and _");
        mapping.attributes.emplace_back(entry.key, readSource(entry.value, mapping.defaults, fields.mistakes()));
    }
}

FileSource readFile(const Node& node, const Mapping& mapping, Mistakes& mistakes) {
    FileSource file;
    Section section{&node, mistakes};
    if (const Node* list = section.take("list")) {
        file.in_list = true;
        file.list = readPlace(*list, mistakes);
    }
    const auto source = [&](std::string_view key) {
        const Node* const given = section.take(key);
        return given != nullptr ? readSource(*given, mapping.defaults, mistakes) : Source{};
    };
    file.url = source("url");
    file.data = source("data");
    file.name = source("name");
    file.content_type = source("content_type");
    if (section.has("url") == section.has("data"))
        mistakes.add(node.mark, "exactly one of url and data says where the file is");
    return file;
}

void readFiles(Section& top, Mapping& mapping) {
    const Node* const node = top.take("attachments");
    if (node == nullptr) return;
    if (node->kind == Node::Kind::kMap) {
        mapping.files.push_back(readFile(*node, mapping, top.mistakes()));
        return;
    }
    if (node->kind == Node::Kind::kScalar)
        top.mistakes().add(node->mark, "attachments is a list of { list, url | data, name, content_type }");
    for (const Node& item : node->items) mapping.files.push_back(readFile(item, mapping, top.mistakes()));
}

std::string pointerOf(std::string_view field) {
    std::string pointer = "/" + std::string{field};
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    return pointer;
}

Error at(std::string field, Error error) {
    error.field = std::move(field);
    return error;
}

Result<WantedFile> mapFile(const FileSource& source, const Json& element) {
    WantedFile file;
    const std::pair<const Source*, std::string*> parts[] = {{&source.url, &file.url},
                                                            {&source.data, &file.data},
                                                            {&source.name, &file.name},
                                                            {&source.content_type, &file.content_type}};
    for (const auto& [from, into] : parts)
        if (Status filled = assign(textFrom(*from, element), *into); !filled) return std::move(filled).error();
    if (file.data.empty()) return file;
    Result<std::string> bytes = webhooks::fromBase64(file.data);
    if (!bytes) return std::move(bytes).error();
    file.data = *std::move(bytes);
    return file;
}

Status mapFiles(const FileSource& source, const Json& item, std::vector<WantedFile>& files) {
    const Json* list = source.in_list ? source.list.find(item) : nullptr;
    if (source.in_list && (list == nullptr || list->IsNull())) return Done{};
    std::vector<const Json*> elements{&item};
    if (source.in_list) {
        elements.clear();
        if (!list->IsArray())
            return Error{.code = Errc::kInvalid,
                         .message = source.list.text() + ": a list of files is expected here",
                         .problem = "portal.not_text"};
        for (const Json& element : list->GetArray()) elements.push_back(&element);
    }
    for (const Json* element : elements) {
        Result<WantedFile> file = mapFile(source, *element);
        if (!file) return at("/attachments/" + std::to_string(files.size()), std::move(file).error());
        if (!file->url.empty() || !file->data.empty()) files.push_back(*std::move(file));
    }
    return Done{};
}

}  // namespace

Mapping readMapping(Section& top) {
    Mapping mapping;
    Mistakes& mistakes = top.mistakes();
    mapping.defaults.dates = readDates(top, mapping.defaults.dates);
    if (const Node* items = top.take("items")) mapping.items = readPlace(*items, mistakes);
    const Node* const node = top.take("fields");
    if (node == nullptr)
        mistakes.add(top.mark(), "the key \"fields\" is missing", "it says where each field of a petition comes from");
    {
        Section fields{node, mistakes};
        readFields(fields, "", mapping);
        for (const std::string_view group : kGroups) {
            Section part{fields.take(group), mistakes};
            readFields(part, std::string{group} + '.', mapping);
        }
        readAttributes(fields, mapping);
        for (const std::string_view needed : {"external_id", "content"})
            if (node != nullptr && !fields.has(needed))
                mistakes.add(fields.mark(), "the field " + inQuotes(needed) + " is missing",
                             needed == "content" ? "a petition needs a text"
                                                 : "without the portal's own id nothing can be told apart");
    }
    readFiles(top, mapping);
    return mapping;
}

Columns columnsOf(const Mapping& mapping) {
    Columns columns;
    const auto add = [&columns](const Source& source, bool needed) {
        const std::string& name = source.place.text();
        if (source.from != Source::From::kPlace || name.empty() || name.front() == '/') return;
        columns.known.push_back(name);
        if (needed && !source.otherwise) columns.needed.push_back(name);
    };
    for (const auto& [field, source] : mapping.fields) add(source, source.required || field->name == "content");
    for (const auto& [name, source] : mapping.attributes) add(source, source.required);
    for (const FileSource& file : mapping.files)
        for (const Source* source : {&file.url, &file.data, &file.name, &file.content_type}) add(*source, false);
    return columns;
}

Result<MappedItem> mapItem(const Mapping& mapping, const Json& item) {
    if (!item.IsObject())
        return Error{.code = Errc::kInvalid, .message = "the item is no object", .problem = "portal.not_object"};
    MappedItem mapped;
    for (const auto& [field, source] : mapping.fields)
        if (Status filled = field->fill(source, item, mapped.petition); !filled)
            return at(pointerOf(field->name), std::move(filled).error());
    for (const auto& [name, source] : mapping.attributes) {
        Result<std::optional<std::string>> value = textFrom(source, item);
        if (!value) return at("/attributes/" + name, std::move(value).error());
        if (*value) mapped.petition.attributes[name] = **value;
    }
    for (const FileSource& source : mapping.files)
        if (Status filled = mapFiles(source, item, mapped.files); !filled) return std::move(filled).error();
    return mapped;
}

std::string externalIdOf(const Mapping& mapping, const Json& item) {
    for (const auto& [field, source] : mapping.fields) {
        if (field->name != "external_id" || !item.IsObject()) continue;
        const Result<std::optional<std::string>> id = textFrom(source, item);
        if (id && *id) return **id;
    }
    return {};
}

bool hasOwnId(const Mapping& mapping, const Json& item) {
    const std::string id = externalIdOf(mapping, item);
    return !id.empty() && id != externalIdOf(mapping, Json{rapidjson::kObjectType});
}

const Json* placeOfItems(const Mapping& mapping, const Json& document) {
    return mapping.items.text().empty() ? &document : mapping.items.find(document);
}

Result<std::vector<const Json*>> itemsOf(const Mapping& mapping, const Json& document) {
    const Json* const found = placeOfItems(mapping, document);
    std::vector<const Json*> items;
    if (found != nullptr && found->IsArray()) {
        for (const Json& item : found->GetArray()) items.push_back(&item);
        return items;
    }
    if (found != nullptr && found->IsObject()) return std::vector{found};
    return Error{.code = Errc::kInvalid,
                 .message = "neither a list nor an object of items at " + inQuotes(mapping.items.text()),
                 .problem = "portal.items"};
}

}  // namespace pakn::in_portal
