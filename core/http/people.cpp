#include "core/http/people.hpp"

#include "core/http/problems.hpp"

namespace pakn::http {

Result<security::Account> personNamed(const Call& call, const std::string& name, std::string field) {
    Result<std::optional<security::Account>> account = call.hub().store().accountById(name);
    if (account && !*account) account = call.hub().store().accountByLogin(name);
    if (!account) return std::move(account).error();
    if (!*account || (*account)->locked) return problemError("action.person_unknown", std::move(field));
    return **std::move(account);
}

Result<std::vector<security::Account>> peopleNamed(const Call& call, const std::vector<std::string>& names,
                                                   std::string_view field) {
    std::vector<security::Account> found;
    for (const std::string& name : names) {
        Result<security::Account> one =
            personNamed(call, name, std::string{field} + '/' + std::to_string(found.size()));
        if (!one) return std::move(one).error();
        found.push_back(std::move(*one));
    }
    return found;
}

Status json::readTexts(std::vector<std::string>& target, Element value, const Most& most) {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return problemError("request.field_type");
    if (array.size() > most.count) return problemError(most.problem);
    for (const Element item : array) {
        Status read = readText(target.emplace_back(), item);
        if (!read) {
            Error error = read.error();
            error.field = '/' + std::to_string(target.size() - 1);
            return error;
        }
    }
    return Done{};
}

}  // namespace pakn::http
