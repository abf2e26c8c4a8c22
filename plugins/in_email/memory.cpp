#include "memory.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <sstream>
#include <stdexcept>

#include "digest.hpp"  // of standard_webhooks

namespace pakn::in_email {

namespace {

constexpr std::string_view kPosition = "position ";  ///< Of the folder whose hash follows.
constexpr std::string_view kThreadKey = "thread_key";
constexpr std::string_view kBad = "bad_addresses";
constexpr std::string_view kAcks = "acknowledged";
constexpr std::size_t kMostEntries = 2000;
constexpr std::size_t kKeyBytes = 32;
constexpr std::int64_t kDay = std::chrono::milliseconds{std::chrono::hours{24}}.count();

std::int64_t millisecondsOf(Instant at) { return at.time_since_epoch().count(); }

}  // namespace

Memory::Memory(HostServices& services, std::string_view folder)
    : services_{services}, position_key_{std::string{kPosition} + webhooks::toHex(webhooks::sha256(folder))} {}

Result<std::optional<Position>> Memory::position() {
    const Result<std::optional<std::string>> text = services_.state().get(position_key_);
    if (!text) return text.error();
    if (!*text) return std::optional<Position>{};
    std::istringstream words{**text};
    Position position;
    std::int64_t first_look = 0;
    if (!(words >> position.validity >> position.last >> position.tries >> position.old >> first_look >>
          position.again))
        return std::optional<Position>{};
    position.first_look = Instant{std::chrono::milliseconds{first_look}};
    return std::optional{position};
}

Status Memory::setPosition(const Position& position) {
    std::ostringstream words;
    words << position.validity << ' ' << position.last << ' ' << position.tries << ' ' << position.old << ' '
          << millisecondsOf(position.first_look) << ' ' << position.again;
    return services_.state().put(position_key_, words.str());
}

Result<std::string> Memory::threadKey() {
    const std::lock_guard lock{mutex_};
    const Result<std::optional<std::string>> kept = services_.state().get(kThreadKey);
    if (!kept) return kept.error();
    if (*kept && !(*kept)->empty()) return **kept;
    std::string random(kKeyBytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(random.size())) != 1)
        return Error{.code = Errc::kUnavailable, .message = "the machine has no random bytes"};
    std::string key = webhooks::toHex(random);
    if (Status put = services_.state().put(kThreadKey, key); !put) return std::move(put).error();
    return key;
}

Result<std::vector<Memory::Entry>> Memory::entries(std::string_view key) {
    const Result<std::optional<std::string>> text = services_.state().get(key);
    if (!text) return text.error();
    std::vector<Entry> found;
    std::istringstream lines{text->value_or(std::string{})};
    for (std::string line; std::getline(lines, line);) {
        Entry entry;
        const auto [end, problem] = std::from_chars(line.data(), line.data() + line.size(), entry.at);
        if (problem != std::errc{} || end == line.data() + line.size()) continue;
        entry.words = line.substr(static_cast<std::size_t>(end - line.data()) + 1);
        found.push_back(std::move(entry));
    }
    return found;
}

Status Memory::put(std::string_view key, const std::vector<Entry>& entries) {
    std::string text;
    const std::size_t first = entries.size() > kMostEntries ? entries.size() - kMostEntries : 0;
    for (std::size_t i = first; i < entries.size(); ++i)
        text.append(std::to_string(entries[i].at)).append(1, ' ').append(entries[i].words).append(1, '\n');
    return services_.state().put(key, text);
}

Result<bool> Memory::isBad(std::string_view address_hash, int days) {
    const std::lock_guard lock{mutex_};
    const Result<std::vector<Entry>> bad = entries(kBad);
    if (!bad) return bad.error();
    const std::int64_t since = millisecondsOf(services_.now()) - days * kDay;
    return std::any_of(bad->begin(), bad->end(),
                       [&](const Entry& one) { return one.words == address_hash && one.at >= since; });
}

Status Memory::markBad(std::string_view address_hash) {
    const std::lock_guard lock{mutex_};
    Result<std::vector<Entry>> bad = entries(kBad);
    if (!bad) return std::move(bad).error();
    std::erase_if(*bad, [&](const Entry& one) { return one.words == address_hash; });
    bad->push_back({.at = millisecondsOf(services_.now()), .words = std::string{address_hash}});
    return put(kBad, *bad);
}

Result<Memory::Ack> Memory::noteAck(std::string_view address_hash, std::string_view delivery, std::string_view code,
                                    int most) {
    const std::lock_guard lock{mutex_};
    Result<std::vector<Entry>> acks = entries(kAcks);
    if (!acks) return std::move(acks).error();
    const std::int64_t now = millisecondsOf(services_.now());
    std::erase_if(*acks, [&](const Entry& one) { return one.at < now - kDay; });
    const std::string about = std::string{address_hash} + ' ' + std::string{code} + ' ';
    const std::string mine = about + std::string{delivery};
    int of_address = 0;
    for (const Entry& one : *acks) {
        if (one.words == mine) return Ack::kFirst;  // Another attempt at the same.
        if (one.words.starts_with(about)) return Ack::kSame;
        of_address += one.words.starts_with(address_hash) ? 1 : 0;
    }
    if (of_address >= most) return Ack::kTooMany;
    acks->push_back({.at = now, .words = mine});
    if (Status kept = put(kAcks, *acks); !kept) return std::move(kept).error();
    return Ack::kFirst;
}

}  // namespace pakn::in_email
