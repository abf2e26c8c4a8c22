/// @file
/// AES-256-GCM. Three to four values are sealed for each petition, so nothing is looked up or allocated anew: the
/// cipher is fetched once, and each thread keeps one context for sealing and one for opening.

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "core/security/crypto.hpp"
#include "core/security/require.hpp"

namespace pakn::security {
namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

enum class Direction : int { kOpen = 0, kSeal = 1 };

CipherContext makeContext(Direction direction) {
    // Never freed: threads may seal until the end of the process.
    static const EVP_CIPHER* const kCipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    CipherContext context{EVP_CIPHER_CTX_new()};
    const bool ready =
        kCipher != nullptr && context != nullptr &&
        EVP_CipherInit_ex2(context.get(), kCipher, nullptr, nullptr, static_cast<int>(direction), nullptr) == 1;
    require(ready, "AES-256-GCM");
    return context;
}

const unsigned char* in(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* out(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

void start(EVP_CIPHER_CTX* context, const Key& key, std::string_view nonce) {
    require(EVP_CipherInit_ex2(context, nullptr, in(key.bytes()), in(nonce), -1, nullptr) == 1, "AES-256-GCM");
}

/// Runs `bytes` through the cipher to `to`; with null they are only authenticated.
void run(EVP_CIPHER_CTX* context, std::string_view bytes, char* to) {
    constexpr std::size_t kPiece = std::size_t{1} << 30U;  // OpenSSL counts in int.
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, kPiece);
        int written = 0;
        const bool ok = EVP_CipherUpdate(context, out(to), &written, in(piece), static_cast<int>(piece.size())) == 1;
        require(ok, "AES-256-GCM");
        if (to != nullptr) to += piece.size();
        bytes.remove_prefix(piece.size());
    }
}

}  // namespace

Key Key::random() {
    Key key;
    require(RAND_priv_bytes(out(key.bytes_.data()), static_cast<int>(kSize)) == 1, "the random generator");
    return key;
}

Key::Key(std::string_view bytes) {
    require(bytes.size() == kSize, "a key of 32 bytes");
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

Key::~Key() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::string seal(const Key& key, std::string_view context, std::string_view plain) {
    thread_local const CipherContext cipher = makeContext(Direction::kSeal);
    std::string sealed = randomBytes(kNonceSize);
    sealed.resize(kNonceSize + plain.size() + kTagSize);
    char* const body = sealed.data() + kNonceSize;
    char* const tag = body + plain.size();

    start(cipher.get(), key, {sealed.data(), kNonceSize});
    run(cipher.get(), context, nullptr);
    run(cipher.get(), plain, body);
    int written = 0;
    const bool finished =
        EVP_CipherFinal_ex(cipher.get(), out(tag), &written) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagSize), tag) == 1;
    require(finished, "AES-256-GCM");
    return sealed;
}

Result<std::string> open(const Key& key, std::string_view context, std::string_view sealed) {
    if (sealed.size() < kNonceSize + kTagSize)
        return Error{.code = Errc::kRejected, .message = "a sealed value is too short", .problem = "seal.damaged"};
    thread_local const CipherContext cipher = makeContext(Direction::kOpen);
    const std::string_view nonce = sealed.substr(0, kNonceSize);
    const std::string_view body = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
    std::array<char, kTagSize> tag{};
    std::copy_n(sealed.end() - kTagSize, kTagSize, tag.begin());
    std::string plain(body.size() + 1, '\0');  // One more, so that there is a place even for nothing.

    start(cipher.get(), key, nonce);
    run(cipher.get(), context, nullptr);
    run(cipher.get(), body, plain.data());
    int written = 0;
    const bool authentic =
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagSize), tag.data()) == 1 &&
        EVP_CipherFinal_ex(cipher.get(), out(plain.data() + body.size()), &written) == 1;
    if (!authentic) {
        OPENSSL_cleanse(plain.data(), plain.size());
        return Error{.code = Errc::kRejected,
                     .message = "a sealed value does not open: another key or place, or its bytes were changed",
                     .problem = "seal.damaged"};
    }
    plain.pop_back();
    return plain;
}

}  // namespace pakn::security
