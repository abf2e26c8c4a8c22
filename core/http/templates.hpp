#pragma once
/// @file
/// Texts of the configuration with the fields of a petition filled in.

#include "core/domain/decide.hpp"
#include "core/http/exchange.hpp"

namespace pakn::http {

/// Puts the text `name` where the action's words belong, unless whoever acts has written some: they may have changed
/// it. kNotFound ("template.not_found"), kInvalid ("template.unfit": it is for other actions).
Status fillWords(const Call& call, const domain::Petition& petition, const std::string& name, domain::Act& act);

}  // namespace pakn::http
