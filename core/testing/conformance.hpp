#pragma once
/// @file
/// The conformance suite: what every plugin does, whatever it connects to. Include it in one file of a GoogleTest
/// program and say which plugin:
///
///   PAKN_CONFORMANCE(in_mine, {.file = IN_MINE_FILE, .readme = "README.md", .prepare = [] { return Source{…}; }});
///
/// Each test makes connectors anew from what `prepare` returns, and runs twice: in this process, and in a process of
/// the plugin's own (`isolation: process`).

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/testing/dynamic_symbols.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/isolated_subject.hpp"
#include "core/testing/option_table.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/subject.hpp"
#include "core/testing/temporary_folder.hpp"

namespace pakn::testing {

using Steady = std::chrono::steady_clock;  // How long a call took, not what time it is.

/// One instance's surroundings: its settings, and how to put something at its source.
struct Source {
    Settings::Values settings = {};
    Settings::Lists lists = {};
    /// Makes `count` new petitions wait for the next poll. Empty: then what poll does with answers is not looked at.
    std::function<void(int count)> supply = {};
    std::shared_ptr<void> keep = {};  ///< Lives as long as the instance: a temporary folder, a peer.
};

struct PluginUnderTest {
    std::filesystem::path file = {};
    std::filesystem::path readme = {};                          ///< Empty: not looked at.
    std::function<Source()> prepare = [] { return Source{}; };  ///< Called for every connector.
    MakeSubject make = &InProcessSubject::make;

    friend void PrintTo(const PluginUnderTest& plugin, std::ostream* out) { *out << plugin.file.filename().string(); }
};

/// The same plugin, in a process of its own.
inline PluginUnderTest isolated(PluginUnderTest plugin) {
    plugin.make = &IsolatedSubject::make;
    return plugin;
}

class Conformance : public ::testing::TestWithParam<PluginUnderTest> {
protected:
    /// A connector with all that it needs.
    struct Made {
        Source source;
        std::unique_ptr<FakeHostServices> services = std::make_unique<FakeHostServices>();
        std::unique_ptr<Subject> subject = {};  // Last: it goes first.
    };

    static const PluginUnderTest& plugin() { return GetParam(); }
    const Descriptor& descriptor() const { return loaded_.descriptor(); }
    bool can(Ability ability) const { return descriptor().has(ability); }

    Made made() const {
        Made one{.source = plugin().prepare()};
        const Settings settings = settingsFor(descriptor().info.options, one.source.settings, one.source.lists);
        auto subject = plugin().make(plugin().file, settings, *one.services);
        if (!subject) throw std::runtime_error{"cannot make a connector: " + subject.error().message};
        one.subject = std::move(subject).value();
        return one;
    }

    /// What comes back is a value or an error with a known remedy; no exception got out.
    template <class T>
    static void expectProper(const Result<T>& result, const std::string& where) {
        if (result) return;
        EXPECT_NE(result.error().problem, "plugin.threw") << where << ": " << result.error().message;
        EXPECT_LE(result.error().code, Errc::kTooLarge) << where;
    }

    /// None of these texts is in the log or in the error.
    static void expectSilent(const FakeHostServices& services, const std::vector<std::string>& canaries,
                             const std::string& error = {}) {
        for (const std::string& canary : canaries) {
            EXPECT_EQ(error.find(canary), std::string::npos) << "an error tells " << canary;
            for (const auto& line : services.logged())
                EXPECT_EQ(line.text.find(canary), std::string::npos) << "the log tells " << canary;
        }
    }

    std::vector<std::string> secretsOf(const Source& source) const {
        std::vector<std::string> secrets;
        for (const Option& option : descriptor().info.options) {
            const auto value = source.settings.find(option.name);
            if (option.type == OptionType::kSecret && value != source.settings.end()) secrets.push_back(value->second);
        }
        return secrets;
    }

    static Delivery delivery() {
        return {.id = "d-1",
                .idempotency_key = "d-1",
                .kind = "result",
                .event = "released",
                .occurred_at = FakeClock{}.now(),
                .petition_id = "p-1",
                .code = "060326001",
                .status = "answered",
                .channel = "web",
                .unit = "so-xay-dung",
                .unit_name = "Sở Xây dựng",
                .title = "canary-title",
                .result_text = "canary-result",
                .attachments = {{.name = "canary-name.pdf", .content_type = "application/pdf", .content = "%PDF-1.4"}}};
    }

    static LoginRequest signIn() { return {.callback_url = "https://hub.example/back"}; }
    static LoginCallback backWith(std::string url, std::string secret) {
        return {.request = {.url = std::move(url)},
                .callback_url = "https://hub.example/back",
                .secret = std::move(secret)};
    }
    static LogoutRequest signOut() {
        return {.subject = "canary-subject",
                .session = "canary-session",
                .logout_secret = "canary-logout",
                .return_url = "https://hub.example/"};
    }
    /// Where a browser can be sent.
    static bool isAbsolute(std::string_view url) {
        const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
        return printable && (url.starts_with("https://") || url.starts_with("http://"));
    }

private:
    const LoadedPlugin loaded_{GetParam().file};
};

TEST_P(Conformance, TheDescriptorIsSound) {
    const PluginInfo& info = descriptor().info;
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789_";
    EXPECT_FALSE(info.name.empty() || info.name.size() > 32);
    EXPECT_EQ(info.name.find_first_not_of(kAlphabet), std::string_view::npos);
    EXPECT_EQ(plugin().file.stem(), info.name) << "the file is called like the plugin";
    EXPECT_FALSE(info.version.empty());
    EXPECT_FALSE(info.summary.empty());
    EXPECT_TRUE(can(Ability::kReceiver) || can(Ability::kSender) || can(Ability::kAuthenticator));
    EXPECT_TRUE(!can(Ability::kReceiver) || can(Ability::kPolls) || can(Ability::kHandles));
    std::set<std::string_view> names;
    for (const Option& option : info.options) {
        EXPECT_TRUE(names.insert(option.name).second) << option.name << " stands twice";
        EXPECT_EQ(option.name.find_first_not_of(kAlphabet), std::string_view::npos) << option.name;
        EXPECT_FALSE(option.help.empty()) << option.name << " has no help";
        EXPECT_FALSE(option.type == OptionType::kSecret && !option.default_value.empty())
            << option.name << ": a secret has no default";
    }
}

TEST_P(Conformance, ItShowsTwoSymbolsAndNoneIsUnique) {
    const DynamicSymbols symbols = dynamicSymbols(plugin().file);
    EXPECT_EQ(symbols.exported, (std::vector<std::string>{"pakn_plugin_descriptor", "pakn_plugin_factory"}));
    EXPECT_EQ(symbols.unique, 0);
}

TEST_P(Conformance, TheReadmeShowsTheOptionTable) {
    if (plugin().readme.empty()) GTEST_SKIP() << "no README named";
    const std::string table = optionTable(descriptor().info.options);
    EXPECT_NE(readFile(plugin().readme).find(table), std::string::npos) << "put this into it:\n" << table;
}

TEST_P(Conformance, AnUnknownOptionIsRefused) {
    Source source = plugin().prepare();
    source.settings.emplace("no_such_option", "x");
    EXPECT_THROW(settingsFor(descriptor().info.options, source.settings, source.lists), std::invalid_argument);
}

TEST_P(Conformance, ComesAndGoesFiftyTimes) {
    for (int i = 0; i < 50; ++i) static_cast<void>(made());
}

TEST_P(Conformance, TwoInstancesStandSideBySide) {
    const Made first = made();
    const Made second = made();
    const auto work = [this](const Made& one) {
        FakeInbox inbox;
        if (can(Ability::kPolls)) expectProper(one.subject->poll(inbox, {}), "poll");
        if (can(Ability::kSender)) expectProper(one.subject->send(delivery(), {}), "send");
        if (can(Ability::kHandles)) expectProper(one.subject->handle({.url = "/"}, inbox, {}), "handle");
        if (can(Ability::kAuthenticator)) expectProper(one.subject->begin(signIn(), {}), "begin");
    };
    std::thread other{[&] { work(second); }};
    work(first);
    other.join();
}

TEST_P(Conformance, CallsReturnSoonWhenStopIsRequested) {
    const Made one = made();
    if (one.source.supply) one.source.supply(100);
    std::stop_source stop;
    stop.request_stop();
    FakeInbox inbox;
    const auto began = Steady::now();
    if (can(Ability::kPolls)) expectProper(one.subject->poll(inbox, stop.get_token()), "poll");
    if (can(Ability::kSender)) expectProper(one.subject->send(delivery(), stop.get_token()), "send");
    if (can(Ability::kHandles)) expectProper(one.subject->handle({.url = "/"}, inbox, stop.get_token()), "handle");
    if (can(Ability::kAuthenticator)) {
        expectProper(one.subject->begin(signIn(), stop.get_token()), "begin");
        expectProper(one.subject->finish(backWith("/?code=x", "s"), stop.get_token()), "finish");
        expectProper(one.subject->logout(signOut(), stop.get_token()), "logout");
    }
    EXPECT_LT(Steady::now() - began, std::chrono::seconds{2});
    EXPECT_LE(inbox.calls(), 1) << "poll takes in what it has in its hands, not all the rest";
}

TEST_P(Conformance, NothingIsLostWhateverTheHubAnswers) {
    if (!can(Ability::kPolls)) GTEST_SKIP() << "does not poll";
    for (const Errc trouble : {Errc::kUnavailable, Errc::kInternal}) {
        const Made one = made();
        if (!one.source.supply) GTEST_SKIP() << "nothing to poll for";
        one.source.supply(3);
        FakeInbox down{[&](const IncomingPetition&) { return FakeInbox::failed(trouble); }};
        expectProper(one.subject->poll(down, {}), "poll");
        EXPECT_GE(down.calls(), 1);
        FakeInbox up;
        EXPECT_TRUE(one.subject->poll(up, {}));
        EXPECT_EQ(up.stored().size(), 3U) << "what the hub did not store is not forgotten";
        FakeInbox again;
        EXPECT_TRUE(one.subject->poll(again, {}));
        EXPECT_EQ(again.calls(), 0) << "what is stored does not come again";
    }
}

TEST_P(Conformance, RefusedAndKnownPetitionsAreDoneWith) {
    if (!can(Ability::kPolls)) GTEST_SKIP() << "does not poll";
    const auto answers = {FakeInbox::refused("petition.content_missing"),
                          Result<Accepted>{Accepted{.outcome = Accepted::Outcome::kDuplicate, .code = "T1"}}};
    for (const Result<Accepted>& answer : answers) {
        const Made one = made();
        if (!one.source.supply) GTEST_SKIP() << "nothing to poll for";
        one.source.supply(3);
        FakeInbox hub{[&](const IncomingPetition&) { return answer; }};
        EXPECT_TRUE(one.subject->poll(hub, {}));
        EXPECT_EQ(hub.calls(), 3) << "it goes on with the next one";
        FakeInbox again;
        EXPECT_TRUE(one.subject->poll(again, {}));
        EXPECT_EQ(again.calls(), 0);
    }
}

TEST_P(Conformance, EveryAnswerOfAPeerHasARemedy) {
    if (!can(Ability::kSender)) GTEST_SKIP() << "sends nothing";
    const Made one = made();
    std::vector<std::string> canaries = secretsOf(one.source);
    canaries.insert(canaries.end(), {"canary-title", "canary-result", "canary-name"});
    for (const int status : {200, 201, 202, 204, 301, 307, 400, 401, 403, 404, 408,
                             409, 410, 413, 415, 422, 429, 500, 501, 502, 503, 504}) {
        for (const char* body : {"", "{}", "{\"id\":", "<html>\xff\xfe"}) {
            one.services->peer.answer({.status = status, .headers = {{"retry-after", "7"}}, .body = body});
            const Result<Receipt> sent = one.subject->send(delivery(), {});
            const std::string where = "send, answered " + std::to_string(status);
            expectProper(sent, where);
            EXPECT_FALSE(sent && status >= 500) << where << ": taken for success";
            expectSilent(*one.services, canaries, sent ? "" : sent.error().message);
        }
    }
}

TEST_P(Conformance, APeerThatCannotBeReachedIsNoSuccess) {
    if (!can(Ability::kSender)) GTEST_SKIP() << "sends nothing";
    for (const Errc trouble : {Errc::kUnavailable, Errc::kUnknownOutcome, Errc::kMisconfigured}) {
        const Made one = made();
        one.services->peer.fail({.code = trouble, .message = "no"});
        const Result<Receipt> sent = one.subject->send(delivery(), {});
        expectProper(sent, "send");
        if (one.services->peer.requests().empty()) GTEST_SKIP() << "does not send over the hub's HTTP client";
        ASSERT_FALSE(sent);
        // Where the peer may act twice, not knowing is told as such, and nothing else leads to a repetition.
        if (trouble == Errc::kUnknownOutcome && descriptor().info.idempotency == Idempotency::kNone) {
            EXPECT_EQ(sent.error().code, Errc::kUnknownOutcome);
        }
    }
}

TEST_P(Conformance, HostileRequestsGetAnAnswer) {
    if (!can(Ability::kHandles)) GTEST_SKIP() << "answers no requests";
    const Made one = made();
    const std::string nested = std::string(100000, '[') + std::string(100000, ']');
    const std::string zero{"a\0b", 3};
    for (const char* method : {"GET", "POST", "PUT", "DELETE", "OPTIONS", "FROB"}) {
        for (const std::string& url : {std::string{"/"}, std::string{"/../../etc/passwd"}, std::string{"/%00%ff%"},
                                       "/?" + std::string(4000, '&'), std::string{"//x"}, zero}) {
            for (const std::string& body : {std::string{}, std::string{"{\"a\":"}, std::string{"\xff\xfe\xfd"}, nested,
                                            zero, std::string{"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"}}) {
                FakeInbox inbox;
                const HttpRequest request{.method = method,
                                          .url = url,
                                          .headers = {{"content-type", "application/json"},
                                                      {"content-length", "-1"},
                                                      {"authorization", "Bearer " + std::string(8000, 'x')}},
                                          .body = body,
                                          .client = "203.0.113.9"};
                const Result<HttpResponse> answer = one.subject->handle(request, inbox, {});
                expectProper(answer, std::string{"handle "} + method);
                if (answer) {
                    EXPECT_TRUE(answer->status >= 200 && answer->status <= 599) << answer->status;
                }
            }
        }
    }
    expectSilent(*one.services, secretsOf(one.source));
}

TEST_P(Conformance, EachSignInHasASecretOfItsOwn) {
    if (!can(Ability::kAuthenticator)) GTEST_SKIP() << "signs nobody in";
    const Made one = made();
    std::set<std::string> secrets;
    for (int i = 0; i < 3; ++i) {
        const Result<LoginStart> start = one.subject->begin(signIn(), {});
        expectProper(start, "begin");
        if (!start) GTEST_SKIP() << "begins with a word of its provider: " << start.error().message;
        EXPECT_TRUE(isAbsolute(start->redirect_url)) << start->redirect_url;
        EXPECT_LE(start->secret.size(), 2048U);
        EXPECT_TRUE(secrets.insert(start->secret).second) << "whoever knows one knows another's";
    }
    expectSilent(*one.services, {secrets.begin(), secrets.end()});
}

TEST_P(Conformance, SignInToleratesForeignAnswers) {
    if (!can(Ability::kAuthenticator)) GTEST_SKIP() << "signs nobody in";
    const Made one = made();
    const Result<LoginStart> start = one.subject->begin(signIn(), {});
    std::vector<std::string> canaries = secretsOf(one.source);
    canaries.insert(canaries.end(), {"canary-code", "canary-ticket"});
    for (const std::string& secret : {std::string{}, std::string{"x"}, start ? start->secret : std::string(2048, 'y')})
        for (const std::string& query :
             {std::string{"/?"}, std::string{"/?code=canary-code&state=y"}, std::string{"/?error=access_denied"},
              std::string{"/?ticket=canary-ticket"}, std::string{"/?ticket=canary-ticket&state="},
              std::string{"/?code=%ff"}, "/?state=" + std::string(100000, 'x'),
              std::string{"/?state=a\0b&code=\xff", 18}}) {
            const Result<Identity> identity = one.subject->finish(backWith(query, secret), {});
            expectProper(identity, "finish");
            EXPECT_FALSE(identity) << "somebody signs in with " << query.substr(0, 100);
            expectSilent(*one.services, canaries, identity ? "" : identity.error().message);
        }
}

TEST_P(Conformance, AProviderThatIsNotWellSignsNobodyIn) {
    if (!can(Ability::kAuthenticator)) GTEST_SKIP() << "signs nobody in";
    const Made one = made();
    const auto tries = [&](const std::string& where) {
        const Result<LoginStart> start = one.subject->begin(signIn(), {});
        expectProper(start, "begin, " + where);
        const std::string secret = start ? start->secret : "s";
        const Result<Identity> identity =
            one.subject->finish(backWith("/?code=x&ticket=x&state=" + secret, secret), {});
        expectProper(identity, "finish, " + where);
        EXPECT_FALSE(identity) << where;
        const Result<std::string> address = one.subject->logout(signOut(), {});
        expectProper(address, "logout, " + where);
        if (address && !address->empty()) {
            EXPECT_TRUE(isAbsolute(*address)) << *address;
        }
        expectSilent(*one.services, secretsOf(one.source), identity ? "" : identity.error().message);
        expectSilent(*one.services, {"canary-subject", "canary-session", "canary-logout"},
                     address ? "" : address.error().message);
    };
    for (const int status : {204, 302, 400, 401, 403, 404, 429, 500, 503})
        for (const char* body : {"", "{}", "{\"error\":", "<html>\xff\xfe"}) {
            one.services->peer.answer({.status = status, .body = body});
            tries("answered " + std::to_string(status));
        }
    for (const Errc trouble : {Errc::kUnavailable, Errc::kUnknownOutcome, Errc::kMisconfigured}) {
        one.services->peer.fail({.code = trouble, .message = "no"});
        tries("not reached");
    }
}

/// Names the plugin of this test program; the second argument and the following make a PluginUnderTest.
#define PAKN_CONFORMANCE(name, ...)                                                                              \
    using ::pakn::testing::Conformance;                                                                          \
    INSTANTIATE_TEST_SUITE_P(name, Conformance, ::testing::Values(::pakn::testing::PluginUnderTest __VA_ARGS__), \
                             [](const auto&) { return std::string{#name}; });                                    \
    INSTANTIATE_TEST_SUITE_P(                                                                                    \
        name##_isolated, Conformance,                                                                            \
        ::testing::Values(::pakn::testing::isolated(::pakn::testing::PluginUnderTest __VA_ARGS__)),              \
        [](const auto&) { return std::string{#name}; })

}  // namespace pakn::testing
