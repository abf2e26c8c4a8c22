#pragma once
/// @file
/// What people see of petitions, as JSON. One place decides which field may be seen by whom: officers see a masked
/// petitioner, citizens see no officer. A tracking token is in none of these views.

#include <map>
#include <string>
#include <vector>

#include "core/http/exchange.hpp"
#include "core/http/json.hpp"

namespace pakn::http {

/// Names of accounts and units, looked up once per answer.
class Names {
public:
    explicit Names(engine::Hub& hub) : hub_{hub}, rules_{hub.rules()} {}
    /// Empty when there is no such account: the hub itself, a source key.
    std::string account(const std::string& id);
    [[nodiscard]] std::string unit(const std::string& id) const;
    [[nodiscard]] std::string category(const std::string& id) const;

private:
    engine::Hub& hub_;
    std::shared_ptr<const domain::Rules> rules_;
    std::map<std::string, std::string, std::less<>> accounts_;
};

void writeLabel(JsonWriter& json, std::string_view name, const domain::Label& label);
void writeAccount(JsonWriter& json, const security::Account& account);
/// In whose places they are, with what they may do there.
void writeStandingFor(JsonWriter& json, const security::Account& account, Names& names);
void writeFiles(JsonWriter& json, std::string_view name, const std::vector<domain::FileRef>& files,
                const engine::Hub* hub = nullptr);

/// A line of an officers' list, as an object's fields.
void writeSummary(JsonWriter& json, const store::Summary& summary, Instant now, const Names& names);
/// A whole petition for officers; `person` null when nothing may be shown of the petitioner.
std::string officersView(const domain::Petition& petition, const store::Person* person, Instant now, engine::Hub& hub);
/// One entry of the history for officers.
/// With what it changed: field, old and new value, nothing where they are the same.
void writeEvent(JsonWriter& json, const domain::Event& event, Names& names, const domain::Petition& before,
                const domain::Petition& after);
/// The petition for its sender.
std::string citizensView(const PublicPetition& petition);
/// Who the petitioner is, in clear; after the look was journalled.
std::string identityView(const store::Person& person);

}  // namespace pakn::http
