/// @file
/// Argon2id by libsodium (OpenSSL 3.0 has none), a few at a time.

#include <sodium/core.h>
#include <sodium/crypto_pwhash.h>

#include <array>
#include <semaphore>

#include "core/security/crypto.hpp"
#include "core/security/require.hpp"

namespace pakn::security {
namespace {

// What OWASP's password storage cheat sheet asks for: 19 MiB, two passes.
constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemory = std::size_t{19} * 1024 * 1024;

/// Each hash costs some 50 ms and 19 MiB: a flood of sign-ins must not take the processors and memory from intake.
class Slot {
public:
    Slot() {
        require(sodium_init() >= 0, "libsodium");
        slots().acquire();
    }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { slots().release(); }

private:
    static std::counting_semaphore<2>& slots() {
        static std::counting_semaphore<2> both{2};
        return both;
    }
};

}  // namespace

std::string hashPassword(std::string_view password) {
    const Slot slot;
    std::array<char, crypto_pwhash_STRBYTES> text{};
    const bool hashed = crypto_pwhash_str_alg(text.data(), password.data(), password.size(), kPasses, kMemory,
                                              crypto_pwhash_ALG_ARGON2ID13) == 0;
    return hashed ? text.data() : std::string{};
}

bool verifyPassword(std::string_view hash, std::string_view password) {
    const std::string text{hash};
    const Slot slot;
    return crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

}  // namespace pakn::security
