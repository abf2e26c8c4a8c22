#pragma once
/// @file
/// The rules of notices: their words are there, their connectors send, and whoever is told may know all that they say.

#include <functional>

#include "core/config/document.hpp"
#include "core/domain/rules.hpp"

namespace pakn::config {

/// Into `rules.notices`; the texts are in `rules` already. `check_sends` reports a connector that does not send.
void compileNotices(Reader& reader, const std::vector<NoticeRuleSection>& sections, domain::Rules& rules,
                    const std::function<void(const Marked<std::string>&)>& check_sends);

}  // namespace pakn::config
