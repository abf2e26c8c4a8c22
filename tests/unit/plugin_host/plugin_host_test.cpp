/// @file
/// The host with good and broken plugins: the broken ones are named, the rest runs.

#include "core/plugin_host/plugin_host.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <map>
#include <string>

#include "core/isolation/described.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn::plugin_host {
namespace {

namespace fs = std::filesystem;
using testing::FakeHostServices;
using testing::FakeInbox;
using testing::TemporaryFolder;

const fs::path kFixtures = fs::path{PAKN_BINARY_DIR} / "tests/fixtures/plugins";

std::map<std::string, std::string> problemsByFile(const PluginHost& host) {
    std::map<std::string, std::string> problems;
    for (const Refusal& refusal : host.refusals()) {
        EXPECT_EQ(refusal.error.code, Errc::kMisconfigured);
        problems.emplace(refusal.file.filename().string(), refusal.error.problem);
    }
    return problems;
}

TEST(PluginHostTest, NamesEveryBrokenPluginAndRunsTheRest) {
    const TemporaryFolder folder;
    for (const fs::directory_entry& entry : fs::directory_iterator{kFixtures})
        fs::copy_file(entry.path(), folder / entry.path().filename());
    folder.write("text.so", "no plugin");
    folder.write("readme.txt", "not even looked at");
    const std::string good = testing::readFile(kFixtures / "mischief.so");
    folder.write("truncated.so", good.substr(0, good.size() / 2));
    folder.write("writable.so", good);
    fs::permissions(folder / "writable.so", static_cast<fs::perms>(0666));
    folder.write("second.so", good);

    const PluginHost host{{folder.path()}};

    std::map<std::string, std::string> expected = {
        {"bad_name.so", "plugin.descriptor"},   {"eager.so", "plugin.load_failed"},
        {"forger.so", "plugin.load_failed"},    {"forger_busy.so", "plugin.load_failed"},
        {"newer_minor.so", "plugin.sdk_minor"}, {"hub_mount.so", "plugin.descriptor"},
        {"odd_mount.so", "plugin.descriptor"},  {"debug_stl.so", "plugin.toolchain"},
        {"no_ability.so", "plugin.descriptor"}, {"no_aliases.so", "plugin.descriptor"},
        {"no_tag.so", "plugin.no_tag"},         {"option_twice.so", "plugin.descriptor"},
        {"other_major.so", "plugin.sdk_major"}, {"other_toolchain.so", "plugin.toolchain"},
        {"second.so", "plugin.duplicate_name"}, {"text.so", "plugin.not_elf"},
        {"truncated.so", "plugin.not_elf"},     {"undefined_symbol.so", "plugin.undefined_symbol"},
        {"writable.so", "plugin.writable"},
    };
    if (fs::exists(kFixtures / "clang_libcxx.so")) expected.emplace("clang_libcxx.so", "plugin.toolchain");
    EXPECT_EQ(problemsByFile(host), expected);
    ASSERT_EQ(host.all().size(), 7U);
    EXPECT_NE(host.find("exclusive"), nullptr);
    EXPECT_NE(host.find("hostile"), nullptr);
    EXPECT_NE(host.find("mischief"), nullptr);
    EXPECT_NE(host.find("signs_in"), nullptr);
    EXPECT_NE(host.find("verbs"), nullptr);
    EXPECT_EQ(host.find("no_tag"), nullptr);
}

TEST(PluginHostTest, TellsOfAnUndefinedSymbolWithoutMisleadingWords) {
    const TemporaryFolder folder;
    fs::copy_file(kFixtures / "undefined_symbol.so", folder / "undefined_symbol.so");
    const PluginHost host{{folder.path()}};
    ASSERT_EQ(host.refusals().size(), 1U);
    const std::string& message = host.refusals().front().error.message;
    EXPECT_NE(message.find("paknNowhereDefined"), std::string::npos) << message;
    EXPECT_EQ(host.refusals().front().file.filename(), "undefined_symbol.so");
    EXPECT_EQ(message.find("/proc/self"), std::string::npos) << message;
    EXPECT_EQ(message.find("descriptor"), std::string::npos) << message;
}

/// Both sides stand in the text: an operator sees what is and what was wanted.
TEST(PluginHostTest, ARefusalOfAToolchainNamesBoth) {
    for (const char* file : {"debug_stl.so", "clang_libcxx.so", "other_toolchain.so"}) {
        if (!fs::exists(kFixtures / file)) continue;
        const Result<const Descriptor*> verified = verify(kFixtures / file);
        ASSERT_FALSE(verified);
        EXPECT_EQ(verified.error().problem, "plugin.toolchain");
        EXPECT_NE(verified.error().message.find(currentAbiTag().toolchain), std::string::npos);
    }
    EXPECT_NE(verify(kFixtures / "debug_stl.so").error().message.find("debug"), std::string::npos);
    if (!fs::exists(kFixtures / "clang_libcxx.so")) GTEST_SKIP() << "built without clang++-14 and libc++-14-dev";
    EXPECT_NE(verify(kFixtures / "clang_libcxx.so").error().message.find("libc++"), std::string::npos);
}

TEST(PluginHostTest, APluginChecksItsSettings) {
    const PluginHost host{{kFixtures}};
    const auto sound = host.checkSettings("mischief", Settings{{{"what", "int"}}});
    ASSERT_TRUE(sound);
    EXPECT_TRUE(sound->empty());
    const auto wrong = host.checkSettings("mischief", Settings{{{"what", "mistakes"}}});
    ASSERT_TRUE(wrong);
    ASSERT_EQ(wrong->size(), 2U);
    EXPECT_EQ(wrong->front().option, "what");
    EXPECT_EQ(wrong->back().line, 14);
    const auto threw = host.checkSettings("mischief", Settings{{{"where", "checkSettings"}}});
    ASSERT_FALSE(threw);
    EXPECT_EQ(threw.error().code, Errc::kMisconfigured);
    EXPECT_EQ(threw.error().problem, "plugin.threw");
    EXPECT_NE(threw.error().message.find("cannot tell"), std::string::npos);
    EXPECT_EQ(host.checkSettings("nobody", {}).error().problem, "plugin.unknown");
    EXPECT_TRUE(host.checkSettings("verbs", {})->empty());  // Has no check of its own.
}

/// Its factory ends before the function that came with SDK 1.2: what stands behind may be anything.
TEST(PluginHostTest, APluginOfAnOlderSdkIsNotAskedWhatThatDidNotHave) {
    const PluginHost host{{kFixtures}};
    const auto mistakes = host.checkSettings("older_minor", {});
    ASSERT_TRUE(mistakes) << mistakes.error().message;
    EXPECT_TRUE(mistakes->empty());
}

TEST(PluginHostTest, APinnedHashAdmitsThatFileAlone) {
    const PluginHost host{{kFixtures}};
    FakeHostServices services;
    const std::string wrong(64, '0');
    const auto refused = host.create("mischief", {}, services, wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kMisconfigured);
    EXPECT_EQ(refused.error().problem, "plugin.hash");
    EXPECT_NE(refused.error().message.find(wrong), std::string::npos);
    const std::string has = "has the SHA-256 ";
    const std::string& message = refused.error().message;
    const std::string right = message.substr(message.find(has) + has.size(), 64);
    EXPECT_EQ(right.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(host.create("mischief", {}, services, right));
}

TEST(PluginHostTest, VerifyLoadsWhatIsSound) {
    const auto verified = verify(kFixtures / "mischief.so");
    ASSERT_TRUE(verified);
    EXPECT_EQ((*verified)->info.name, "mischief");
    EXPECT_EQ(PluginHost{{kFixtures}}.fileOf("mischief"), kFixtures / "mischief.so");
}

TEST(PluginHostTest, GoesOnWithoutAFolder) {
    const TemporaryFolder folder;
    fs::copy_file(kFixtures / "mischief.so", folder / "mischief.so");
    const PluginHost host{{folder / "absent", folder.path()}};
    EXPECT_EQ(problemsByFile(host), (std::map<std::string, std::string>{{"absent", "plugin.load_failed"}}));
    EXPECT_NE(host.find("mischief"), nullptr);
}

/// No code of a plugin runs in this process before a connector is created in it.
TEST(PluginHostTest, LooksWithoutLoading) {
    const TemporaryFolder folder;
    const fs::path file = folder / "mischief.so";
    fs::copy_file(kFixtures / "mischief.so", file);
    const auto mapped = [&] { return testing::readFile("/proc/self/maps").find(file.string()) != std::string::npos; };
    const PluginHost host{{folder.path()}};
    ASSERT_NE(host.find("mischief"), nullptr);
    EXPECT_EQ(host.find("mischief")->info.options.size(), 2U);
    EXPECT_FALSE(mapped());
    FakeHostServices services;
    ASSERT_TRUE(host.create("mischief", Settings{Settings::Values{{"what", "int"}}}, services));
    EXPECT_TRUE(mapped());
}

/// Its code speaks in the place of the program that looks at it: as if that could not confine itself, or had no room.
TEST(PluginHostTest, WhatAnswersForItsHostIsNotLoadedHere) {
    for (const char* name : {"forger.so", "forger_busy.so"}) {
        const Result<const Descriptor*> verified = verify(kFixtures / name);
        EXPECT_EQ(testing::readFile("/proc/self/maps").find(name), std::string::npos) << name;
        ASSERT_FALSE(verified) << name;
        EXPECT_EQ(verified.error().code, Errc::kMisconfigured) << name;
        EXPECT_EQ(verified.error().problem, "plugin.load_failed") << name;
    }
}

TEST(PluginHostTest, WithoutRoomToLookNothingIsLoadedAndTheNextLookIsBetter) {
    const TemporaryFolder folder;
    const fs::path file = folder / "mischief.so";
    fs::copy_file(kFixtures / "mischief.so", file);
    struct rlimit before {};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit less { 60, before.rlim_max };  // The file can be opened; a child's descriptors lie higher.
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &less), 0);
    const Result<const Descriptor*> refused = verify(file);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(testing::readFile("/proc/self/maps").find(file.string()), std::string::npos);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kUnavailable);
    EXPECT_EQ(refused.error().problem, "plugin.not_looked_at");
    EXPECT_TRUE(verify(file));
}

/// No connector could run elsewhere then.
TEST(PluginHostTest, WithoutAProgramThatLooksItSaysSo) {
    const isolation::OwnedDescriptor file{::open((kFixtures / "mischief.so").c_str(), O_RDONLY | O_CLOEXEC)};
    const auto told = isolation::askDescription(file.number(), kFixtures, "/nowhere/paknhub-plugin-host");
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, Errc::kMisconfigured);
    EXPECT_EQ(told.error().problem, "");
    // A program that is none of ours is no reason to load anything here.
    const auto strange = isolation::askDescription(file.number(), kFixtures, "/bin/true");
    ASSERT_FALSE(strange);
    EXPECT_EQ(strange.error().code, Errc::kUnavailable);
}

TEST(PluginHostTest, AFileThatWasExchangedIsNotLoaded) {
    const TemporaryFolder folder;
    fs::copy_file(kFixtures / "mischief.so", folder / "mischief.so");
    const PluginHost host{{folder.path()}};
    fs::remove(folder / "mischief.so");
    fs::copy_file(kFixtures / "verbs.so", folder / "mischief.so");
    FakeHostServices services;
    EXPECT_EQ(host.create("mischief", {}, services).error().problem, "plugin.hash");
    EXPECT_EQ(host.createIsolated("mischief", {}, services, {}, {.connector = "x"}).error().problem, "plugin.hash");
}

const fs::path kUpgrades = fs::path{PAKN_BINARY_DIR} / "tests/fixtures/upgrades";

void exchange(const fs::path& file, const fs::path& by) {
    fs::remove(file);  // Not written over: processes have it open.
    fs::copy_file(by, file);
}

TEST(PluginHostTest, AnIsolatedConnectorIsMadeOfTheFileAsItIsNow) {
    const TemporaryFolder folder;
    const fs::path file = folder / "upgraded.so";
    fs::copy_file(kUpgrades / "upgraded_1.so", file);
    const PluginHost host{{folder.path()}};
    FakeHostServices services;
    FakeInbox inbox;
    const auto made = [&](std::string_view sha256 = {}) {
        return host.createIsolated("upgraded", {}, services, sha256, {.connector = "x"});
    };
    const auto version = [&](Instance& one) { return one.handle({.url = "/"}, inbox, {})->body; };
    const auto before = made();
    ASSERT_TRUE(before) << before.error().message;
    EXPECT_EQ(version(**before), "1");
    EXPECT_FALSE(host.hasNewer(**before));

    exchange(file, kUpgrades / "upgraded_2.so");
    EXPECT_TRUE(host.hasNewer(**before));
    const auto after = made();
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_EQ(version(**after), "2");
    EXPECT_EQ(version(**before), "1") << "what runs is not touched";
    EXPECT_FALSE(host.hasNewer(**after));
    EXPECT_EQ(host.create("upgraded", {}, services).error().problem, "plugin.hash") << "the hub itself never loads two";
    EXPECT_EQ(made(std::string(64, 'a')).error().problem, "plugin.hash") << "a pinned hash holds";

    exchange(file, kUpgrades / "upgraded_3.so");
    EXPECT_EQ(made().error().problem, "plugin.hash") << "it has an option that nobody checked";
    EXPECT_FALSE(host.hasNewer(**after)) << "nothing that could take its place";
    exchange(file, kFixtures / "no_tag.so");
    EXPECT_EQ(made().error().problem, "plugin.no_tag");
    EXPECT_FALSE(host.hasNewer(**after));
    exchange(file, kUpgrades / "upgraded_2.so");
    EXPECT_TRUE(made());
}

TEST(PluginHostTest, TrustsOnlyWhatNobodyElseCanLayDown) {
    const TemporaryFolder folder;
    fs::copy_file(fs::path{PAKN_BINARY_DIR} / "lib/paknhub/in_spool.so", folder / "in_spool.so");
    fs::copy_file(kFixtures / "verbs.so", folder / "verbs.so");
    const PluginHost host{{folder.path()}};
    fs::permissions(folder.path(), fs::perms::owner_all);
    EXPECT_TRUE(host.trusts("in_spool"));
    EXPECT_FALSE(host.trusts("verbs")) << "it does not say so itself";
    EXPECT_FALSE(host.trusts("nobody"));
    fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_all);
    EXPECT_FALSE(host.trusts("in_spool")) << "anybody could have put it there";
    fs::permissions(folder.path(), fs::perms::owner_all);
    if (::geteuid() != 0) return;
    ASSERT_EQ(::chown(folder.path().c_str(), 65534, 65534), 0);
    EXPECT_FALSE(host.trusts("in_spool"));
}

/// A plugin that behaves as its settings say.
class MischiefTest : public ::testing::Test {
protected:
    static const PluginHost& host() {
        static const PluginHost host{{kFixtures}};
        return host;
    }
    Result<std::unique_ptr<Instance>> create(const std::string& where, const std::string& what = "exception") {
        return host().create(
            "mischief", testing::settingsFor(host().find("mischief")->info.options, {{"where", where}, {"what", what}}),
            services_);
    }
    std::unique_ptr<Instance> created(const std::string& where, const std::string& what = "exception") {
        auto instance = create(where, what);
        EXPECT_TRUE(instance) << instance.error().message;
        return std::move(instance).value();
    }

    FakeHostServices services_;
    FakeInbox inbox_;
};

TEST_F(MischiefTest, WorksWhenItIsToldNothing) {
    const std::unique_ptr<Instance> instance = created("");
    EXPECT_EQ(instance->descriptor().info.idempotency, Idempotency::kNone);
    EXPECT_TRUE(instance->descriptor().has(Ability::kReceiver));
    EXPECT_TRUE(instance->descriptor().has(Ability::kSender));
    EXPECT_TRUE(instance->poll(inbox_, {}));
    EXPECT_EQ(inbox_.stored().size(), 1U);
    const Result<Receipt> receipt = instance->send({.id = "7"}, {});
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->reference, "r-7");
    const Result<Receipt> asked = instance->reconcile({.id = "7"}, {});
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code, Errc::kUnknownOutcome);
}

TEST_F(MischiefTest, OutlivesItsHost) {
    std::unique_ptr<Instance> instance;
    {
        const PluginHost host{{kFixtures}};
        instance = std::move(host.create("mischief", {}, services_)).value();
    }
    EXPECT_TRUE(instance->poll(inbox_, {}));
}

TEST_F(MischiefTest, AThrowingConstructorIsAMisconfigurationInThePluginsWords) {
    for (const char* what : {"exception", "system", "int", "foreign_type"}) {
        const auto instance = create("constructor", what);
        ASSERT_FALSE(instance) << what;
        EXPECT_EQ(instance.error().code, Errc::kMisconfigured);
        EXPECT_EQ(instance.error().problem, "plugin.threw");
        EXPECT_NE(instance.error().message.find("mischief"), std::string::npos);
    }
    EXPECT_NE(create("constructor").error().message.find("private words"), std::string::npos);
}

TEST_F(MischiefTest, AThrowingCallIsInternalAndTellsNoPrivateWords) {
    for (const char* what : {"exception", "system", "int", "foreign_type"}) {
        const Status polled = created("poll", what)->poll(inbox_, {});
        const Result<Receipt> sent = created("send", what)->send({}, {});
        const Result<Receipt> asked = created("reconcile", what)->reconcile({}, {});
        ASSERT_TRUE(!polled && !sent && !asked) << what;
        for (const Error& error : {polled.error(), sent.error(), asked.error()}) {
            EXPECT_EQ(error.code, Errc::kInternal);
            EXPECT_EQ(error.problem, "plugin.threw");
            EXPECT_NE(error.message.find("mischief"), std::string::npos) << error.message;
            EXPECT_EQ(error.message.find("private"), std::string::npos) << error.message;
        }
        EXPECT_NE(sent.error().message.find("send"), std::string::npos) << sent.error().message;
    }
}

TEST_F(MischiefTest, ObjectsAreDestroyedByTheirPlugin) {
    created("").reset();
    EXPECT_EQ(services_.counted("destroyed"), 1);
    EXPECT_FALSE(create("constructor"));
    EXPECT_EQ(services_.counted("destroyed"), 1) << "what was never built was destroyed";
}

TEST_F(MischiefTest, AnErrorCodeOutsideTheEnumerationIsInternal) {
    const Status polled = created("poll", "bad_code")->poll(inbox_, {});
    ASSERT_FALSE(polled);
    EXPECT_EQ(polled.error().code, Errc::kInternal);
}

TEST_F(MischiefTest, UnknownAndRefusedPluginsAreMisconfigured) {
    const auto unknown = host().create("in_nothing", {}, services_);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Errc::kMisconfigured);
    const auto refused = host().create("other_major", {}, services_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kMisconfigured);
    EXPECT_NE(refused.error().message.find("SDK 2."), std::string::npos) << "the reason of the refusal is missing";
}

TEST(PluginHostTest, WhatAPluginCannotDoIsAMisconfiguration) {
    const PluginHost host{{fs::path{PAKN_BINARY_DIR} / "lib/paknhub"}};
    const TemporaryFolder spool;
    FakeHostServices services;
    const auto receiver = host.create(
        "in_spool", testing::settingsFor(host.find("in_spool")->info.options, {{"directory", spool.path().string()}}),
        services);
    ASSERT_TRUE(receiver) << receiver.error().message;
    EXPECT_EQ((*receiver)->send({}, {}).error().code, Errc::kMisconfigured);
    EXPECT_EQ((*receiver)->reconcile({}, {}).error().code, Errc::kMisconfigured);
}

}  // namespace
}  // namespace pakn::plugin_host
