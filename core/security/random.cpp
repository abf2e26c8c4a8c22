/// @file
/// Random bytes, tokens, and time-ordered ids.

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <sodium/utils.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "core/security/crypto.hpp"
#include "core/security/require.hpp"

namespace pakn::security {
namespace {

/// Counts the forks that led to this process; a child must not draw what its parent draws.
unsigned forkCount() {
    static std::atomic<unsigned> forks{0};
    static const int kRegistered = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); });
    require(kRegistered == 0, "pthread_atfork");
    return forks.load(std::memory_order_relaxed);
}

/// RAND_bytes costs the same 0.6 µs for 12 bytes as for hundreds, and each sealed value wants 12: so they are drawn in
/// bulk. Handed-out bytes are wiped. One pool per thread.
class RandomPool {
public:
    RandomPool() = default;
    RandomPool(const RandomPool&) = delete;
    RandomPool& operator=(const RandomPool&) = delete;
    ~RandomPool() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

    void take(std::span<char> out) {
        if (out.size() > bytes_.size() / 4) return draw(out);
        if (bytes_.size() - used_ < out.size() || forks_ != forkCount()) refill();
        std::memcpy(out.data(), bytes_.data() + used_, out.size());
        OPENSSL_cleanse(bytes_.data() + used_, out.size());
        used_ += out.size();
    }

private:
    static void draw(std::span<char> out) {
        const bool drawn = RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) == 1;
        require(drawn, "the random generator");
    }
    void refill() {
        forks_ = forkCount();
        draw(bytes_);
        used_ = 0;
    }

    std::array<char, 4096> bytes_{};
    std::size_t used_ = bytes_.size();
    unsigned forks_ = 0;
};

/// Milliseconds (48 bits) and a counter (12 bits) in one number that only grows; a full counter borrows the next
/// millisecond. When the clock was put back by more than this, the new time is followed, not the old order.
constexpr std::uint64_t kCounterBits = 12;
constexpr std::uint64_t kMaxAhead = std::uint64_t{10'000} << kCounterBits;

std::uint64_t nextStamp(Instant now) {
    static std::atomic<std::uint64_t> last{0};
    constexpr std::int64_t kMaxMilliseconds = (std::int64_t{1} << 48) - 1;
    const auto milliseconds = std::clamp<std::int64_t>(now.time_since_epoch().count(), 0, kMaxMilliseconds);
    const std::uint64_t fresh = static_cast<std::uint64_t>(milliseconds) << kCounterBits;
    std::uint64_t before = last.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
        const bool keep_order = before >= fresh && before - fresh < kMaxAhead;
        next = keep_order ? before + 1 : fresh;
    } while (!last.compare_exchange_weak(before, next, std::memory_order_relaxed));
    return next;
}

}  // namespace

std::string randomBytes(std::size_t count) {
    thread_local RandomPool pool;
    std::string bytes(count, '\0');
    pool.take(bytes);
    return bytes;
}

std::string randomToken(std::size_t bytes) {
    std::string raw = randomBytes(bytes);
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string token(sodium_base64_ENCODED_LEN(raw.size(), kVariant) - 1, '\0');
    sodium_bin2base64(token.data(), token.size() + 1, reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                      kVariant);
    OPENSSL_cleanse(raw.data(), raw.size());
    return token;
}

/// RFC 9562, 5.7, with the counter of 6.2 in rand_a: 48 bits milliseconds, version 7, 12 bits counter, variant, 62
/// random bits.
std::string newId(Instant now) {
    const std::uint64_t stamp = nextStamp(now);
    const std::uint64_t milliseconds = stamp >> kCounterBits;
    std::string bytes = randomBytes(16);
    for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<char>(milliseconds >> (40 - 8 * i));
    bytes[6] = static_cast<char>(0x70U | ((stamp >> 8U) & 0x0FU));
    bytes[7] = static_cast<char>(stamp);
    bytes[8] = static_cast<char>(0x80U | (static_cast<unsigned char>(bytes[8]) & 0x3FU));
    std::string id = toHex(bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) id.insert(dash, 1, '-');
    return id;
}

}  // namespace pakn::security
