#include "core/store/kept_codec.hpp"

#include <charconv>

namespace pakn::store {

using security::HubKey;

namespace {

std::string contextOf(const std::string& connector, const std::string& conversation_index,
                      const std::string& event_index) {
    return "kept:" + conversation_index + event_index + connector;
}

/// "<length>:<text>" one after the other.
std::string pack(std::initializer_list<std::string_view> texts) {
    std::string packed;
    for (const std::string_view text : texts) packed.append(std::to_string(text.size())).append(1, ':').append(text);
    return packed;
}

std::string takeText(std::string_view& packed) {
    std::size_t size = 0;
    const auto [end, problem] = std::from_chars(packed.data(), packed.data() + packed.size(), size);
    const auto digits = static_cast<std::size_t>(end - packed.data());
    if (problem != std::errc{} || digits >= packed.size() || size > packed.size() - digits - 1)
        throw DamagedRow{"a kept event that is not one"};
    std::string text{packed.substr(digits + 1, size)};
    packed.remove_prefix(digits + 1 + size);
    return text;
}

}  // namespace

std::string sealKept(const HubKey& hub_key, const std::string& connector, const KeptEvent& event) {
    const std::string context = contextOf(connector, keptIndex(hub_key, connector, event.conversation),
                                          keptIndex(hub_key, connector, event.id));
    return hub_key.sealOwn(context, pack({event.conversation, event.id, event.data}));
}

void openKept(const HubKey& hub_key, const std::string& connector, const std::string& conversation_index,
              const std::string& event_index, std::string_view sealed, KeptEvent& event) {
    const auto packed = hub_key.openOwn(contextOf(connector, conversation_index, event_index), sealed);
    if (!packed) throw DamagedRow{"a kept event does not open: written under another hub key"};
    std::string_view rest = *packed;
    event.conversation = takeText(rest);
    event.id = takeText(rest);
    event.data = takeText(rest);
}

}  // namespace pakn::store
