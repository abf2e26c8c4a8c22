/// @file
/// The hub key: its file, the three keys derived from it, and what they do.

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium/utils.h>
#include <sys/stat.h>

#include <memory>

#include "core/security/crypto.hpp"
#include "core/security/files.hpp"
#include "core/security/require.hpp"

namespace pakn::security {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 2 * Key::kSize;

Error misconfigured(std::string message) { return {.code = Errc::kMisconfigured, .message = std::move(message)}; }

/// A string that is wiped when it goes out of scope.
struct SecretText {
    std::string text;
    explicit SecretText(std::string value) : text{std::move(value)} {}
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    ~SecretText() { OPENSSL_cleanse(text.data(), text.size()); }
};

/// HKDF-SHA256 (RFC 5869) without salt: the root is uniformly random. A label, once in use, never changes: what was
/// sealed under its key would not open any more.
Key derive(const Key& root, std::string_view label) {
    using Kdf = std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)>;
    using KdfContext = std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)>;
    const Kdf hkdf{EVP_KDF_fetch(nullptr, "HKDF", nullptr), &EVP_KDF_free};
    require(hkdf != nullptr, "HKDF");
    const KdfContext context{EVP_KDF_CTX_new(hkdf.get()), &EVP_KDF_CTX_free};

    // OpenSSL takes parameters by pointers to non-const, and reads only.
    SecretText input{std::string{root.bytes()}};
    std::string info{label};
    std::string digest{"SHA256"};
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, input.text.data(), input.text.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
        OSSL_PARAM_construct_end(),
    };
    SecretText derived{std::string(Key::kSize, '\0')};
    const bool done =
        context != nullptr && EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(derived.text.data()),
                                             derived.text.size(), parameters) == 1;
    require(done, "HKDF");
    return Key{derived.text};
}

/// The file is as only its owner may have it.
Status checkPrivate(const FileHandle& file, const fs::path& path) {
    struct stat status {};
    if (::fstat(file.descriptor(), &status) != 0) return misconfigured("cannot look at the hub key " + path.string());
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return misconfigured("the hub key " + path.string() + " is open to other users: chmod 600 it");
    return Done{};
}

}  // namespace

Result<HubKey> HubKey::load(const fs::path& file) {
    auto opened = openForReading(file);
    if (!opened) return misconfigured("no hub key: " + opened.error().message);
    if (auto checked = checkPrivate(*opened, file); !checked) return checked.error();
    auto content = readUpTo(*opened, kDigits + 2);  // One more than is right, to see that it is too much.
    if (!content) return misconfigured("no hub key: cannot read " + file.string());

    SecretText hex{std::move(content).value()};
    if (hex.text.size() == kDigits + 1 && hex.text.back() == '\n') hex.text.pop_back();
    SecretText root{std::string(Key::kSize, '\0')};
    const bool well_formed = hex.text.size() == kDigits &&
                             sodium_hex2bin(reinterpret_cast<unsigned char*>(root.text.data()), root.text.size(),
                                            hex.text.data(), hex.text.size(), nullptr, nullptr, nullptr) == 0;
    if (!well_formed) return misconfigured("the hub key " + file.string() + " is not 64 hex digits");
    return HubKey{Key{root.text}};
}

Status HubKey::create(const fs::path& file) {
    const SecretText content{toHex(Key::random().bytes()) + '\n'};
    if (auto written = writeNewFile(file, content.text); !written) {
        Error error = std::move(written).error();
        if (error.code == Errc::kNotFound) error.code = Errc::kMisconfigured;  // The folder is missing.
        return error;
    }
    auto durable = syncFolder(file.parent_path());
    std::error_code ignored;
    if (!durable) fs::remove(file, ignored);
    return durable;
}

HubKey::HubKey(const Key& root)
    : wrapping_{derive(root, "paknhub data keys v1")},
      own_{derive(root, "paknhub own values v1")},
      index_{derive(root, "paknhub blind index v1")} {}

std::string HubKey::wrap(const Key& data_key, std::string_view petition_id) const {
    return seal(wrapping_, petition_id, data_key.bytes());
}

Result<Key> HubKey::unwrap(std::string_view wrapped, std::string_view petition_id) const {
    auto opened = open(wrapping_, petition_id, wrapped);
    if (!opened) return std::move(opened).error();
    const SecretText bytes{std::move(opened).value()};
    if (bytes.text.size() != Key::kSize)
        return Error{
            .code = Errc::kRejected, .message = "a wrapped data key has a wrong size", .problem = "seal.damaged"};
    return Key{bytes.text};
}

std::string HubKey::sealOwn(std::string_view context, std::string_view plain) const {
    return seal(own_, context, plain);
}

Result<std::string> HubKey::openOwn(std::string_view context, std::string_view sealed) const {
    return open(own_, context, sealed);
}

std::string HubKey::blindIndex(std::string_view column, std::string_view value) const {
    // The NUL ends the column, which is a name of ours without one: ("a", "bc") and ("ab", "c") differ.
    SecretText input{std::string{column}};
    input.text.reserve(column.size() + 1 + value.size());
    input.text.push_back('\0');
    input.text.append(value);
    const Digest digest = hmacSha256(index_.bytes(), input.text);
    return toHex(std::span{digest}.first(16));
}

}  // namespace pakn::security
