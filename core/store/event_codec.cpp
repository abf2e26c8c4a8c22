#include "core/store/event_codec.hpp"

#include <array>
#include <type_traits>
#include <utility>

#include "core/store/json.hpp"

namespace pakn::store {

using domain::EventData;
using domain::EventKind;
using domain::FileRef;

namespace {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

// One more enumeration in an event needs one more line here.
void readName(std::string_view name, std::optional<domain::Status>& into) { into = domain::findStatus(name); }
void readName(std::string_view name, std::optional<domain::Role>& into) { into = domain::findRole(name); }
void readName(std::string_view name, std::optional<domain::Clock>& into) { into = domain::findClock(name); }
void readName(std::string_view name, std::optional<domain::EscalationTarget>& into) {
    into = domain::findEscalationTarget(name);
}
void readName(std::string_view name, std::optional<domain::Satisfaction>& into) {
    into = domain::findSatisfaction(name);
}
void readName(std::string_view name, std::optional<EventKind>& into) { into = domain::findEventKind(name); }
void readName(std::string_view name, std::optional<domain::DeliveryKind>& into) {
    into = domain::findDeliveryKind(name);
}

void readName(std::string_view name, std::optional<domain::Markup>& into) { into = domain::findMarkup(name); }

template <class T>
bool isLeftOut(const T& value) {
    if constexpr (IsOptional<T>::value)
        return !value.has_value();
    else if constexpr (IsVector<T>::value || std::is_same_v<T, std::string>)
        return value.empty();
    else
        return false;
}

template <class T>
void write(JsonWriter& json, const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        writeText(json, value);
    } else if constexpr (std::is_same_v<T, bool>) {
        json.Bool(value);
    } else if constexpr (std::is_same_v<T, int>) {
        json.Int(value);
    } else if constexpr (std::is_same_v<T, double>) {
        json.Double(value);
    } else if constexpr (std::is_same_v<T, Instant>) {
        json.Int64(value.time_since_epoch().count());
    } else if constexpr (std::is_enum_v<T>) {
        writeText(json, nameOf(value));
    } else if constexpr (IsOptional<T>::value) {
        write(json, *value);
    } else if constexpr (IsVector<T>::value) {
        json.StartArray();
        for (const auto& one : value) write(json, one);
        json.EndArray();
    } else {
        static_assert(std::is_same_v<T, FileRef>, "an event field of a type that the codec does not know");
        json.StartObject();
        writeMember(json, "sha256", value.sha256);
        writeMember(json, "name", value.name);
        writeMember(json, "type", value.type);
        json.Key("size");
        json.Int64(value.size);
        json.EndObject();
    }
}

template <class T>
T read(JsonValue json) {
    if constexpr (std::is_same_v<T, std::string>) {
        return readText(json);
    } else if constexpr (std::is_same_v<T, bool>) {
        return readBool(json);
    } else if constexpr (std::is_same_v<T, int>) {
        return static_cast<int>(readInteger(json));
    } else if constexpr (std::is_same_v<T, double>) {
        return readNumber(json);
    } else if constexpr (std::is_same_v<T, Instant>) {
        return Instant{std::chrono::milliseconds{readInteger(json)}};
    } else if constexpr (std::is_enum_v<T>) {
        std::optional<T> found;
        readName(readText(json), found);
        if (!found) throw DamagedRow{"payload with an unknown name of an enumeration"};
        return *found;
    } else if constexpr (IsOptional<T>::value) {
        return read<typename T::value_type>(json);
    } else if constexpr (IsVector<T>::value) {
        T items;
        for (const JsonValue one : readArray(json)) items.push_back(read<typename T::value_type>(one));
        return items;
    } else {
        static_assert(std::is_same_v<T, FileRef>, "an event field of a type that the codec does not know");
        return FileRef{.sha256 = readText(json, "sha256"),
                       .name = readText(json, "name"),
                       .type = readText(json, "type"),
                       .size = readInteger(member(json, "size"))};
    }
}

template <class Event>
EventData readEvent(JsonValue json) {
    Event event;
    Event::fields([&](std::string_view name, auto field) {
        auto& target = event.*field;
        if (const auto found = findMember(json, name)) target = read<std::decay_t<decltype(target)>>(*found);
    });
    return event;
}

using Reader = EventData (*)(JsonValue);
struct Readers {
    std::array<Reader, domain::kEventKindNames.size()> by_kind{};
};

template <std::size_t... Index>
constexpr Readers makeReaders(std::index_sequence<Index...>) {
    Readers readers;
    ((readers.by_kind[static_cast<std::size_t>(std::variant_alternative_t<Index, EventData>::kKind)] =
          &readEvent<std::variant_alternative_t<Index, EventData>>),
     ...);
    return readers;
}
constexpr Readers kReaders = makeReaders(std::make_index_sequence<std::variant_size_v<EventData>>{});

}  // namespace

std::string encodePayload(const EventData& data) {
    rapidjson::StringBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    std::visit(
        [&](const auto& event) {
            event.fields([&](std::string_view name, auto field) {
                const auto& value = event.*field;
                if (isLeftOut(value)) return;
                json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
                write(json, value);
            });
        },
        data);
    json.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

EventData decodePayload(EventKind kind, std::string_view json) {
    const Reader reader = kReaders.by_kind[static_cast<std::size_t>(kind)];
    if (reader == nullptr) throw DamagedRow{"event of a kind that has no payload"};
    return reader(parseObject(json));
}

}  // namespace pakn::store
