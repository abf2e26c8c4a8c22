#pragma once
/// @file
/// The few cryptographic means of the hub: random tokens, hashes, sealing under per-petition data keys that the hub key
/// wraps, blind indexes, passwords. OpenSSL and libsodium stay in the .cpp files. Safe from any thread.

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::security {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view bytes);
/// The same piece by piece.
class Sha256 {
public:
    Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256();
    void add(std::string_view bytes);
    /// Of all that was added; once.
    Digest finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};
Digest hmacSha256(std::string_view key, std::string_view bytes);
std::string toHex(std::span<const unsigned char> bytes);
std::string toHex(std::string_view bytes);
/// RFC 4648 with padding.
std::string toBase64(std::string_view bytes);
/// True when equal; the time taken depends on the lengths only.
bool equalInConstantTime(std::string_view a, std::string_view b);

/// Cryptographically random bytes.
std::string randomBytes(std::size_t count);
/// 128 bits and more as base64url without padding: tracking, one-time and session tokens, API keys.
std::string randomToken(std::size_t bytes = 18);
/// A time-ordered UUIDv7, lower case with dashes; ordered also within one millisecond of one process.
std::string newId(Instant now);

/// A symmetric key of 256 bits; wiped when destroyed.
class Key {
public:
    static constexpr std::size_t kSize = 32;
    static Key random();
    /// `bytes` must be kSize long.
    explicit Key(std::string_view bytes);
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();
    [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }

private:
    Key() = default;
    std::array<char, kSize> bytes_{};
};

/// AES-256-GCM: nonce (12) ‖ ciphertext ‖ tag (16). `context` is authenticated, not stored: the same must be given to
/// open, so that a sealed value moved to another row does not open.
std::string seal(const Key& key, std::string_view context, std::string_view plain);
/// kRejected when the key or context is another's or a bit was changed.
Result<std::string> open(const Key& key, std::string_view context, std::string_view sealed);

/// The key of this hub, outside the database; everything else is derived from it or wrapped under it.
class HubKey {
public:
    /// Reads 64 hex digits. kMisconfigured when the file is missing, malformed, or readable by others.
    static Result<HubKey> load(const std::filesystem::path& file);
    /// Makes a new one, mode 0600, fsynced. kConflict when the file exists.
    static Status create(const std::filesystem::path& file);

    explicit HubKey(const Key& root);

    /// A fresh data key's wrapped form, bound to the petition.
    [[nodiscard]] std::string wrap(const Key& data_key, std::string_view petition_id) const;
    [[nodiscard]] Result<Key> unwrap(std::string_view wrapped, std::string_view petition_id) const;
    /// Seals what belongs to no petition: refused items, connector state.
    [[nodiscard]] std::string sealOwn(std::string_view context, std::string_view plain) const;
    [[nodiscard]] Result<std::string> openOwn(std::string_view context, std::string_view sealed) const;
    /// Hex of 16 bytes of a keyed hash: equality search without the value. `column` separates the indexes.
    [[nodiscard]] std::string blindIndex(std::string_view column, std::string_view value) const;

private:
    Key wrapping_;
    Key own_;
    Key index_;
};

/// Argon2id, 19 MiB, t = 2, as libsodium's text form. At most two at a time run in a process; others wait. Empty when
/// there is no memory for it.
std::string hashPassword(std::string_view password);
bool verifyPassword(std::string_view hash, std::string_view password);

}  // namespace pakn::security
