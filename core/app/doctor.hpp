#pragma once
/// @file
/// What `paknhub doctor` looks at. Each check adds findings; none changes anything.

#include <string>
#include <string_view>
#include <vector>

#include "core/app/live.hpp"
#include "core/app/workplace.hpp"
#include "core/store/inspect.hpp"

namespace pakn::app {

enum class Grade : std::uint8_t { kOk, kWarn, kFail };
inline constexpr std::string_view kGradeNames[] = {"ok", "WARN", "FAIL"};

struct Finding {
    Grade grade = Grade::kOk;
    std::string check = {};  ///< Stable name: "store.schema".
    std::string text = {};
    std::string fix = {};  ///< What to do; empty when all is well.
};

class Findings {
public:
    void ok(std::string check, std::string text) { add(Grade::kOk, std::move(check), std::move(text), {}); }
    void warn(std::string check, std::string text, std::string fix) {
        add(Grade::kWarn, std::move(check), std::move(text), std::move(fix));
    }
    void fail(std::string check, std::string text, std::string fix) {
        add(Grade::kFail, std::move(check), std::move(text), std::move(fix));
    }
    void add(Grade grade, std::string check, std::string text, std::string fix) {
        all_.push_back({grade, std::move(check), std::move(text), std::move(fix)});
    }
    [[nodiscard]] const std::vector<Finding>& all() const { return all_; }
    [[nodiscard]] bool anyFailed() const;

private:
    std::vector<Finding> all_;
};

// doctor_store.cpp: what lies on disk.
void checkSecrets(const config::Configuration& configuration, Findings& findings);
void checkHubKey(const config::Configuration& configuration, Findings& findings);
void checkDisk(const config::Configuration& configuration, Findings& findings);
/// True when the store may be opened without changing it.
bool checkStoreAsFound(const config::Configuration& configuration, Findings& findings);
/// Of a store that several hubs share.
void checkCommonClock(store::Store& store, Findings& findings);
/// Writes nothing of meaning: the store's own question whether it can be written.
void checkStore(store::Store& store, Findings& findings);

// doctor_people.cpp: what the rules need to work.
void checkCalendar(const config::Configuration& configuration, Instant now, Findings& findings);
void checkStaff(const config::Configuration& configuration, store::Store& store, Findings& findings);
/// The part of it about units that petitions go to. True when nothing is wrong.
bool checkUnits(const domain::Rules& rules, const std::vector<security::Account>& accounts, Findings& findings);
/// Shifts that are missing or overlap within a week, where an emergency calls whoever is on duty.
void checkRoster(const config::Configuration& configuration, store::Store& store, Instant now, Findings& findings);
void checkBacklog(store::Store& store, Instant now, bool running, Findings& findings);
void checkPlugins(const config::Configuration& configuration, const plugin_host::PluginHost& plugins,
                  Findings& findings);
/// Names, connections and certificates of the peers that connectors name by address.
void checkPeers(const config::Configuration& configuration, const plugin_host::PluginHost& plugins, bool network,
                Findings& findings);
/// True when a hub runs and answers.
bool checkNodes(store::Store& store, const config::Configuration& configuration, Findings& findings);

}  // namespace pakn::app
