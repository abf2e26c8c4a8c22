#pragma once
/// @file
/// People whom a request names, and how they are named in answers.

#include "core/http/exchange.hpp"
#include "core/http/json.hpp"
#include "core/http/json_reader.hpp"

namespace pakn::http {

/// Whoever has this id or login and may act. A locked account is nobody: "action.person_unknown", with the field.
Result<security::Account> personNamed(const Call& call, const std::string& name, std::string field);
/// The same of several; the field is `field`/N.
Result<std::vector<security::Account>> peopleNamed(const Call& call, const std::vector<std::string>& names,
                                                   std::string_view field);

namespace json {

/// Reads an array of texts; of one that is too long nothing.
Status readTexts(std::vector<std::string>& target, Element value, const Most& most);

}  // namespace json

}  // namespace pakn::http
