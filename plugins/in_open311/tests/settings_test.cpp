/// @file
/// Settings, keys, and the file that says more of services.

#include "fixture.hpp"

namespace pakn::in_open311 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SettingsOf : public Open311 {
protected:
    std::vector<SettingsMistake> mistakes(Settings::Values more) {
        more.insert({{"contact", "c"}, {"key_service", "k"}});
        return mistakesOf(testing::settingsFor(kOptions, std::move(more)));
    }
    std::vector<std::string> options(Settings::Values more) {
        std::vector<std::string> all;
        for (const SettingsMistake& one : mistakes(std::move(more))) all.push_back(one.option);
        return all;
    }
    /// The lines of a file at which something is wrong.
    std::vector<int> lines(const std::string& services) {
        write(services);
        std::vector<int> all;
        for (const SettingsMistake& one : mistakes({{"services", (folder / "services.yaml").string()}})) {
            EXPECT_EQ(one.option, "services");
            EXPECT_EQ(one.file, (folder / "services.yaml").string());
            all.push_back(one.line);
        }
        return all;
    }
};

TEST_F(SettingsOf, AreSoundByDefault) {
    EXPECT_THAT(options({}), IsEmpty());
    EXPECT_THAT(lines(kServicesFile), IsEmpty());
    EXPECT_THAT(lines(R"({"services": {"a": {"description": "b", "keywords": ["c"], "attributes": []}}})"), IsEmpty())
        << "JSON is YAML";
}

TEST_F(SettingsOf, MistakesAreNamedAllAtOnce) {
    EXPECT_THAT(options({{"contact", " "},
                         {"times", "UTC"},
                         {"name_order", "x"},
                         {"answered_status", "done"},
                         {"bounds", "1,2,3"},
                         {"api_keys", "x"},
                         {"services", "/nowhere.yaml"}}),
                ::testing::UnorderedElementsAre("contact", "times", "name_order", "answered_status", "bounds",
                                                "api_keys", "services"));
    for (const char* bounds : {"1,2,3,4,5", "3,2,1,4", "1,4,3,2", "-91,0,0,1", "0,0,0,0", "a,b,c,d"})
        EXPECT_THAT(options({{"bounds", bounds}}), ElementsAre("bounds")) << bounds;
    EXPECT_THROW(rulesOf(testing::settingsFor(kOptions, {{"contact", "c"}, {"key_service", "k"}, {"times", "x"}})),
                 std::invalid_argument);
}

TEST_F(SettingsOf, KeysAreReadLineByLine) {
    const ApiKeys keys{"# portals\nfms:0123456789abcdef\r\n\n  fms:fedcba9876543210 app-2:AAAAbbbbCCCCdddd:e\n"};
    EXPECT_EQ(keys.nameOf("0123456789abcdef"), "fms");
    EXPECT_EQ(keys.nameOf("fedcba9876543210"), "fms") << "while it changes over";
    EXPECT_EQ(keys.nameOf("AAAAbbbbCCCCdddd:e"), "app-2");
    for (const char* other : {"", "0123456789abcde", "0123456789abcdeF", "fms", "0123456789abcdef "})
        EXPECT_FALSE(keys.nameOf(other)) << other;
    for (const char* wrong : {"", "\n", "# only a remark", "0123456789abcdef", "fms:short", "FMS:0123456789abcdef",
                              ":0123456789abcdef", "fms:0123456789abcdé", "a:0123456789abcdef\nb:0123456789abcdef"})
        EXPECT_THROW(ApiKeys{wrong}, std::invalid_argument) << wrong;
    for (const SettingsMistake& one : mistakes({{"api_keys", "fms:canary-key\nFMS:canary-key-canary-key"}}))
        EXPECT_THAT(one.message + one.hint, Not(HasSubstr("canary")));
}

TEST_F(SettingsOf, TheFileIsCheckedAtItsPlaces) {
    EXPECT_THAT(lines("services:\n  a:\n    typ: batch\n  b: { type: late }\n"), ElementsAre(3, 4));
    EXPECT_THAT(lines("service: {}\n"), ElementsAre(1, 1)) << "no services, and an unknown key";
    EXPECT_THAT(lines("services: [a]\n").size(), 1U);
    EXPECT_THAT(
        lines("services:\n  a:\n    attributes:\n"
              "      - { code: a, datatype: list, description: x }\n"
              "      - { datatype: string, description: x }\n"
              "      - { code: b }\n"
              "      - { code: c, description: x, datatype: singlevaluelist }\n"
              "      - { code: d, description: x, values: { a: b } }\n"
              "      - { code: A, description: x }\n"
              "      - { code: 'e[]', description: x }\n"
              "      - { code: f, description: x, datatype: multivaluelist, values: [{ key: a }, { key: a }] }\n"
              "      - { code: g, description: x, automated: by_hand }\n"),
        ElementsAre(4, 5, 5, 6, 7, 8, 9, 10, 11, 12));
    EXPECT_THAT(lines("services: {a: \n").size(), 1U) << "no YAML";
    write("services: {}");
    EXPECT_THAT(mistakes({{"services", folder.path().string()}}).size(), 1U) << "a folder";
}

}  // namespace
}  // namespace pakn::in_open311
