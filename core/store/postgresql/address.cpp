#include "core/store/postgresql/address.hpp"

#include <libpq-fe.h>

#include <map>
#include <memory>

namespace pakn::store::postgresql {

namespace {

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

Error misconfigured(std::string why) { return {.code = Errc::kMisconfigured, .message = std::move(why)}; }

}  // namespace

Address unhurried(Address address) {
    address.silence = std::chrono::hours{24};
    address.statement_limit = {};
    return address;
}

Result<Address> parseAddress(const std::string& url, std::string password) {
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeOptions> options{PQconninfoParse(url.c_str(), &problem)};
    // Libpq's words are not shown: they may quote the URL, and somebody may have put a password there.
    if (problem != nullptr) PQfreemem(problem);
    if (!options)
        return misconfigured("store.url is not an address of PostgreSQL; write postgresql://user@host:5432/database");
    std::map<std::string, std::string> values;
    for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one)
        if (one->val != nullptr) values[one->keyword] = one->val;
    if (values.contains("password") || values.contains("sslpassword"))
        return misconfigured("store.url holds a password; write it as store.password: ${file:PATH}");
    const auto valueOr = [&](const char* name, const char* otherwise) {
        const auto found = values.find(name);
        return found == values.end() || found->second.empty() ? std::string{otherwise} : found->second;
    };
    return Address{.url = url,
                   .password = std::move(password),
                   .shown = "PostgreSQL " + valueOr("host", valueOr("hostaddr", "local").c_str()) + '/' +
                            valueOr("dbname", valueOr("user", "default").c_str())};
}

}  // namespace pakn::store::postgresql
