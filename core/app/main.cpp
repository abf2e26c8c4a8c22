/// @file
/// paknhub: one binary, verbs. Every verb takes --config and --json; exit codes stand in workplace.hpp.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>

#include "core/app/commands.hpp"
#include "core/app/registry.hpp"
#include "core/config/diagnostics.hpp"

namespace {

using namespace pakn::app;

/// The verbs, and what to run for the one that was given.
class Program {
public:
    Program() {
        app_.require_subcommand(1);
        app_.fallthrough();
        app_.add_option("--config", common_.config, "Configuration directory")->capture_default_str();
        app_.add_option("--plugins", common_.plugin_folders, "Plugin folder instead of the one beside the program");
        app_.add_flag("--json", common_.json, "Answer in JSON");
        app_.add_flag("--verbose", common_.verbose, "Log debug lines too, one per request");
        addServing();
        addAccounts();
        const Registry registry{app_, common_, chosen_};
        addExplaining(registry);
        addExplainId(registry);
        addDeliveries(registry);
        addPetitions(registry);
        addTokens(registry);
        addConnectors(registry);
        addPlugins(registry);
        addStatus(registry);
        addDoctor(registry);
        addReplay(registry);
        addAreas(registry);
        addOpen311Check(registry);
        addTemplates(registry);
        addMigrate(registry);
        addSim(registry);
        addGenerated(registry);
    }

    int run(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::RequiredError& error) {
            if (const std::string wrong = unknownVerb(); !wrong.empty()) {
                std::cerr << "paknhub: " << wrong << '\n';
                return kUsage;
            }
            return app_.exit(error) == 0 ? kOk : kUsage;
        } catch (const CLI::ParseError& error) {
            return app_.exit(error) == 0 ? kOk : kUsage;
        }
        return chosen_();
    }

private:
    /// Of a word that stands where a verb should: that there is none, and the nearest; empty when there is no such
    /// word.
    [[nodiscard]] std::string unknownVerb() const {
        const CLI::App* at = &app_;
        while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
        const std::vector<std::string> words = app_.remaining(true);
        const auto word =
            std::find_if(words.begin(), words.end(), [](const std::string& one) { return !one.starts_with('-'); });
        if (word == words.end()) return {};
        std::vector<std::string> known;
        for (const CLI::App* one : at->get_subcommands(nullptr)) known.push_back(one->get_name());
        return "no verb " + pakn::config::inQuotes(*word) + "; " + pakn::config::nameHint(*word, std::move(known));
    }

    void verb(CLI::App& parent, const std::string& name, const std::string& help, std::function<int()> action) {
        parent.add_subcommand(name, help)->fallthrough()->callback([this, action = std::move(action)] {
            chosen_ = action;
        });
    }

    /// A verb about one account that is there.
    void userVerb(CLI::App& parent, const std::string& name, const std::string& help, std::function<int()> action) {
        CLI::App* one = parent.add_subcommand(name, help)->fallthrough();
        one->add_option("--login", user_.login, "Whose")->required();
        one->callback([this, action = std::move(action)] { chosen_ = action; });
    }

    void addServing() {
        verb(app_, "serve", "Run the hub", [this] { return serve(common_); });
        verb(app_, "rebuild", "Make queues, lists and timers anew from the journal; a hub on SQLite must be stopped",
             [this] { return rebuild(common_); });
        verb(app_, "version", "Version, commit, SDK version", [this] { return version(common_); });
        CLI::App* check_verb = app_.add_subcommand("check", "Check the configuration: all mistakes at once");
        check_verb->fallthrough()->add_flag("--no-environment", no_environment_, "Look at the files only");
        check_verb->callback([this] { chosen_ = [this] { return check(common_, !no_environment_); }; });
        verb(app_, "reload", "Let the running hub take the changed files into effect",
             [this] { return reload(common_); });
        CLI::App* config = app_.add_subcommand("config", "The configuration")->require_subcommand(1)->fallthrough();
        verb(*config, "show", "What all files say together, and where each value stands",
             [this] { return showConfiguration(common_); });
        verb(*config, "diff", "What is in effect against the files", [this] { return diffConfiguration(common_); });
        CLI::App* history =
            config->add_subcommand("history", "Which configurations came into effect, when and by whom");
        history->fallthrough()
            ->add_option("--limit", history_limit_, "At most so many, newest first")
            ->capture_default_str()
            ->check(CLI::Range(1, 10000));
        history->callback([this] { chosen_ = [this] { return configurationHistory(common_, history_limit_); }; });
        CLI::App* schema = config->add_subcommand("schema", "JSON Schema for editors")->fallthrough();
        schema->add_option("--write", schema_folder_, "Folder for the schemas of both kinds of files");
        schema->add_flag("--workflow", workflow_schema_, "That of workflow files");
        schema->callback([this] { chosen_ = [this] { return schemas(common_, schema_folder_, workflow_schema_); }; });
        CLI::App* init_verb = app_.add_subcommand("init", "Write a configuration skeleton, hub key and first account");
        init_verb->fallthrough()->add_option("DIR", common_.config, "Where; the same as --config");
        init_verb->callback([this] { chosen_ = [this] { return init(common_); }; });
    }

    void addAccounts() {
        CLI::App* user = app_.add_subcommand("user", "Accounts")->require_subcommand(1)->fallthrough();
        CLI::App* add = user->add_subcommand("add", "Add an account; prints its one-time sign-in link")->fallthrough();
        add->add_option("--login", user_.login, "Login, lower case")->required();
        add->add_option("--name", user_.name, "Name as colleagues know it")->required();
        add->add_option("--role", user_.roles, "Role; may be repeated")->required();
        add->add_option("--unit", user_.unit, "Unit id, for officers, leaders and unit administrators");
        add->add_option("--title", user_.contact.title, "What they are in the unit");
        add->add_option("--phone", user_.contact.phone, "Office telephone number; notices by message go there");
        add->add_option("--email", user_.contact.email, "Office e-mail address; notices by e-mail go there");
        add->callback([this] { chosen_ = [this] { return addUser(common_, user_); }; });
        userVerb(*user, "reset", "Print a new one-time sign-in link; ends the account's sessions",
                 [this] { return resetUser(common_, user_.login); });
        userVerb(*user, "lock", "Let nobody in with this account; ends its sessions",
                 [this] { return lockUser(common_, user_.login, true); });
        userVerb(*user, "unlock", "Let the account in again", [this] { return lockUser(common_, user_.login, false); });
        userVerb(*user, "password", "Set the password: one line on standard input; ends the account's sessions",
                 [this] { return setUserPassword(common_, user_.login); });
        addUserImport(Registry{app_, common_, chosen_}, *user);
        addUserDuties(Registry{app_, common_, chosen_}, *user);
    }

    CLI::App app_{"PAKN Hub: citizens' petitions over many channels to the agency in charge"};
    Common common_;
    NewUser user_;
    bool no_environment_ = false;
    std::filesystem::path schema_folder_;
    bool workflow_schema_ = false;
    int history_limit_ = 50;
    std::function<int()> chosen_;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        return Program{}.run(argc, argv);
    } catch (const std::exception& bug) {
        std::cerr << "paknhub: " << bug.what() << '\n';
        return kProblem;
    }
}
