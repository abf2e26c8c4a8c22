/// @file
/// Connectors: their own keys, their plugins' options, and secrets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/config/effective.hpp"
#include "core/config/journalled.hpp"
#include "support.hpp"

namespace pakn::config {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class ConnectorsTest : public testing::Test {
protected:
    void SetUp() override {
        folder_.copyGood();
        folder_.write("top/var/secret", "s3cret\n");
        fs::create_directories(folder_.path() / "top/var/spool");
    }
    void TearDown() override {
        unsetenv("PAKN_TEST_SECRET");
        unsetenv("CREDENTIALS_DIRECTORY");
    }

    LoadResult loadWith(const std::string& connectors, bool check_environment = true) {
        folder_.write("top/hub.yaml", "include: [../good]\nconnectors:\n" + connectors);
        return loadFrom(folder_.path() / "top", check_environment);
    }
    /// The settings of a connector "x" of the plugin that has every type of option.
    Settings settings(const std::string& written) {
        const LoadResult result = loadWith("  x: { plugin: out_every, settings: { " + written + " } }\n");
        EXPECT_TRUE(result.configuration) << wordsOf(result);
        return result.configuration ? result.configuration->connectors.back().settings : Settings{};
    }
    /// Places of mistakes in one option, on line 3 of hub.yaml.
    std::vector<std::string> mistakes(const std::string& written) {
        return placesOf(loadWith("  x: { plugin: out_every, settings: { " + written + " } }\n"));
    }

    TemporaryFolder folder_;
};

TEST_F(ConnectorsTest, EveryKeyArrives) {
    const LoadResult result = loadWith(
        "  spool:\n    isolation: process\n    interval: 250ms\n"
        "    limits: { call: 5s, retry_for: 2d, workers: 4 }\n    backoff: [2s, 10m]\n");
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const Connector& spool = result.configuration->connectors.at(0);
    EXPECT_EQ(spool.id, "spool");
    EXPECT_EQ(spool.isolation, Isolation::kProcess);
    EXPECT_EQ(spool.interval, std::chrono::milliseconds{250});
    EXPECT_EQ(spool.call_limit, std::chrono::seconds{5});
    EXPECT_EQ(spool.retry_for, std::chrono::hours{48});
    EXPECT_EQ(spool.workers, 4);
    EXPECT_EQ(spool.backoff_first, std::chrono::seconds{2});
    EXPECT_EQ(spool.backoff_most, std::chrono::minutes{10});
    EXPECT_EQ(spool.settings.text("category"), "other");
    EXPECT_EQ(spool.settings.text("directory"), (fs::canonical(folder_.path()) / "top/var/spool").string());
}

TEST_F(ConnectorsTest, AFileOfAnOptionCountsByWhatItHolds) {
    const std::string one = "  x: { plugin: out_every, settings: { file: var/map.yaml } }\n";
    folder_.write("top/var/map.yaml", "a: 1\n");
    const LoadResult first = loadWith(one);
    ASSERT_TRUE(first.configuration) << wordsOf(first);
    const LoadResult same = loadWith(one);
    EXPECT_EQ(same.configuration->hash, first.configuration->hash);
    EXPECT_EQ(same.configuration->connectors.back(), first.configuration->connectors.back());

    folder_.write("top/var/map.yaml", "a: 2\n");
    const LoadResult edited = loadWith(one);
    ASSERT_TRUE(edited.configuration) << wordsOf(edited);
    EXPECT_NE(edited.configuration->hash, first.configuration->hash);
    EXPECT_NE(edited.configuration->text, first.configuration->text);
    EXPECT_FALSE(edited.configuration->connectors.back() == first.configuration->connectors.back());
    EXPECT_EQ(edited.configuration->connectors.front(), first.configuration->connectors.front());
    const std::vector<ValueChange> changes = changesBetween(first.configuration->values, edited.configuration->values);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].path, "connectors.x.settings.file.sha256");
    EXPECT_EQ(changes[0].file + ":" + std::to_string(changes[0].line), "hub.yaml:3");
    EXPECT_EQ(workflowsOf(edited.configuration->text).size(), 1U) << "the journalled text still reads back";

    // Not there: nothing counts, and only a look at the environment says so.
    fs::remove(folder_.path() / "top/var/map.yaml");
    EXPECT_TRUE(loadWith(one, false).configuration);
    EXPECT_THAT(placesOf(loadWith(one)), ElementsAre("hub.yaml:3:45 error"));
    // Larger than any such file has to be.
    folder_.write("top/var/map.yaml", std::string((16U << 20U) + 1, ' '));
    EXPECT_THAT(placesOf(loadWith(one)), ElementsAre("hub.yaml:3:45 error"));
}

TEST_F(ConnectorsTest, IsolationArrives) {
    const std::string hash(64, 'A');
    const LoadResult result = loadWith("  spool:\n    sha256: " + hash +
                                       "\n    isolation: process"
                                       "\n    sandbox: { sockets: false, memory: 64MB, files: 32 }\n"
                                       "    limits: { rate: 100/m, credits: 8, frame: 256KB }\n"
                                       "    restart: { backoff: [200ms, 1m], trip: 3 in 2m }\n");
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const Connector& spool = result.configuration->connectors.at(0);
    EXPECT_EQ(spool.sha256, std::string(64, 'a'));
    EXPECT_EQ(spool.sandbox, (Sandbox{.sockets = false, .memory = 64U << 20U, .files = 32}));
    EXPECT_EQ(spool.rate, (Rate{100, std::chrono::minutes{1}}));
    EXPECT_EQ(spool.credits, 8);
    EXPECT_EQ(spool.frame, 256U << 10U);
    EXPECT_EQ(spool.restart,
              (Restart{std::chrono::milliseconds{200}, std::chrono::minutes{1}, 3, std::chrono::minutes{2}}));
    EXPECT_EQ(spool.isolation, Isolation::kProcess);
    EXPECT_TRUE(result.diagnostics.empty()) << wordsOf(result);
}

TEST_F(ConnectorsTest, APathLeadsToOneConnectorOnly) {
    const LoadResult alone =
        loadWith("  a: { plugin: in_mounted }\n  b: { plugin: in_hooked }\n  c: { plugin: in_hooked }\n");
    ASSERT_TRUE(alone.configuration) << wordsOf(alone);
    const std::vector<Connector>& all = alone.configuration->connectors;
    const auto mounts = [&](const std::string& id) {
        return std::find_if(all.begin(), all.end(), [&](const Connector& one) { return one.id == id; })->mounts;
    };
    EXPECT_THAT(mounts("a"), ElementsAre("/open311", "/open311/inner"));
    EXPECT_THAT(mounts("b"), ElementsAre("/hooks/b"));
    EXPECT_THAT(mounts("c"), ElementsAre("/hooks/c"));

    const LoadResult twice = loadWith("  a: { plugin: in_mounted }\n  b: { plugin: in_mounted }\n");
    EXPECT_FALSE(twice.configuration);
    EXPECT_THAT(placesOf(twice), ElementsAre("hub.yaml:4:16 error", "hub.yaml:4:16 error")) << "one for each path";
    EXPECT_THAT(wordsOf(twice), ::testing::AllOf(HasSubstr("\"a\""), HasSubstr("\"b\""), HasSubstr("/open311")));
}

TEST_F(ConnectorsTest, DefaultsFillInAndOptionalOnesStayAbsent) {
    const Settings defaults = settings("");
    EXPECT_EQ(defaults.integer("count"), 3);
    EXPECT_FALSE(defaults.flag("flag"));
    EXPECT_EQ(defaults.duration("pause"), std::chrono::milliseconds{250});
    EXPECT_EQ(defaults.size("most"), 65536);
    EXPECT_THAT(defaults.list("list"), ElementsAre("a", "b"));
    for (const std::string_view absent : {"text", "folder", "file", "url", "secret"})
        EXPECT_FALSE(defaults.has(absent));
}

TEST_F(ConnectorsTest, ValuesAreInCanonicalForm) {
    const Settings all = settings(
        "text: \"12\", count: -7, flag: true, pause: 5m, most: 25MB, folder: var, file: ./var/secret, "
        "url: \"https://peer.example/x\", list: [c]");
    EXPECT_EQ(all.text("text"), "12");
    EXPECT_EQ(all.integer("count"), -7);
    EXPECT_TRUE(all.flag("flag"));
    EXPECT_EQ(all.text("pause"), "300000");
    EXPECT_EQ(all.size("most"), 25 << 20);
    EXPECT_EQ(all.text("folder"), (fs::canonical(folder_.path()) / "top/var").string());
    EXPECT_EQ(all.text("file"), (fs::canonical(folder_.path()) / "top/var/secret").string());
    EXPECT_THAT(all.list("list"), ElementsAre("c"));
}

TEST_F(ConnectorsTest, WrongTypesAreFoundWhereTheyStand) {
    // Values begin at column 39 and further by the length of their key.
    EXPECT_THAT(mistakes("count: 1.5"), ElementsAre("hub.yaml:3:46 error"));
    EXPECT_THAT(mistakes("count: \"3\""), ElementsAre("hub.yaml:3:46 error"));
    EXPECT_THAT(mistakes("count: 99999999999999999999"), ElementsAre("hub.yaml:3:46 error"));
    EXPECT_THAT(mistakes("flag: yes"), ElementsAre("hub.yaml:3:45 error"));
    EXPECT_THAT(mistakes("pause: 10"), ElementsAre("hub.yaml:3:46 error"));
    EXPECT_THAT(mistakes("pause: 8wh"), ElementsAre("hub.yaml:3:46 error"));
    EXPECT_THAT(mistakes("pause: 9999999999999999d"), ElementsAre("hub.yaml:3:46 error"));
    EXPECT_THAT(mistakes("most: 5MiB"), ElementsAre("hub.yaml:3:45 error"));
    EXPECT_THAT(mistakes("folder: var/secret"), ElementsAre("hub.yaml:3:47 error"));
    EXPECT_THAT(mistakes("file: var"), ElementsAre("hub.yaml:3:45 error"));
    EXPECT_THAT(mistakes("url: peer.example"), ElementsAre("hub.yaml:3:44 error"));
    EXPECT_THAT(mistakes("list: a"), ElementsAre("hub.yaml:3:45 error"));
    EXPECT_THAT(mistakes("text: [a]"), ElementsAre("hub.yaml:3:45 error"));
}

TEST_F(ConnectorsTest, FoldersAndFilesAreLookedForOnlyInTheEnvironment) {
    const std::string written = "  x: { plugin: out_every, settings: { folder: gone, file: gone } }\n";
    EXPECT_EQ(loadWith(written).diagnostics.size(), 2U);
    EXPECT_TRUE(loadWith(written, false).configuration);
}

TEST_F(ConnectorsTest, SecretsComeFromFileCredentialOrEnvironment) {
    EXPECT_EQ(settings("secret: \"${file:var/secret}\"").text("secret"), "s3cret");
    setenv("PAKN_TEST_SECRET", "from env", 1);
    EXPECT_EQ(settings("secret: \"${env:PAKN_TEST_SECRET}\"").text("secret"), "from env");
    folder_.write("credentials/hook", "from systemd\r\n");
    setenv("CREDENTIALS_DIRECTORY", (folder_.path() / "credentials").c_str(), 1);
    EXPECT_EQ(settings("secret: \"${credential:hook}\"").text("secret"), "from systemd");
}

TEST_F(ConnectorsTest, TheJournalledTextHoldsNoSecret) {
    const LoadResult result = loadWith("  x: { plugin: out_every, settings: { secret: \"${file:var/secret}\" } }\n");
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_THAT(result.configuration->text, testing::Not(HasSubstr("s3cret")));
}

TEST_F(ConnectorsTest, ASecretThatIsNotThereIsAnErrorOfTheEnvironmentOnly) {
    folder_.write("top/var/empty", "\n");
    folder_.write("top/var/large", std::string(100000, 'x'));
    for (const std::string reference : {"${file:var/gone}", "${file:var}", "${file:var/empty}", "${file:var/large}",
                                        "${env:PAKN_TEST_SECRET}", "${credential:gone}"}) {
        const std::string written = "  x: { plugin: out_every, settings: { secret: \"" + reference + "\" } }\n";
        EXPECT_THAT(placesOf(loadWith(written)), ElementsAre("hub.yaml:3:47 error")) << reference;
        const LoadResult unlooked = loadWith(written, false);
        ASSERT_TRUE(unlooked.configuration) << wordsOf(unlooked);
        EXPECT_EQ(unlooked.configuration->connectors.back().settings.text("secret"), "");
    }
}

TEST_F(ConnectorsTest, AnythingButAReferenceIsALiteralSecret) {
    for (const std::string literal : {"hunter2", "${vault:x}", "${file:}", "x${env:A}", "${env:A}x", "${env:AA",
                                      "${env:${env:A}}", "${credential:a/b}", "${credential:..}"})
        // Without the environment, so that the error cannot be a missing secret.
        EXPECT_THAT(
            placesOf(loadWith("  x: { plugin: out_every, settings: { secret: \"" + literal + "\" } }\n", false)),
            ElementsAre("hub.yaml:3:47 error"))
            << literal;
}

TEST_F(ConnectorsTest, WithoutAnyPluginEveryConnectorIsNamed) {
    const LoadResult result = load({.directory = testData() / "good", .find_plugin = {}, .check_environment = false});
    EXPECT_THAT(placesOf(result), ElementsAre("hub.yaml:11:20 error", "hub.yaml:12:22 error"));
}

}  // namespace
}  // namespace pakn::config
