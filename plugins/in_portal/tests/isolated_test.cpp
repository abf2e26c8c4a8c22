/// @file
/// in_portal in a process of its own, as the hub runs it, with what is made to end that process.

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/isolated_subject.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn::in_portal {
namespace {

namespace fs = std::filesystem;
using testing::IsolatedSubject;
using ::testing::SizeIs;

class IsolatedTest : public ::testing::Test {
protected:
    void start(const std::string& mapping, isolation::ProcessOptions options = {}) {
        options.restart.first = std::chrono::milliseconds{1};
        const fs::path file = PAKN_BINARY_DIR "/lib/paknhub/in_portal.so";
        auto made =
            IsolatedSubject::makeWith(file,
                                      testing::settingsFor(testing::LoadedPlugin{file}.descriptor().info.options,
                                                           {{"mapping", other_.write("mapping.yaml", mapping).string()},
                                                            {"directory", folder_.path().string()},
                                                            {"renamed", "true"}},
                                                           {{"attachment_hosts", {"files.example"}}}),
                                      services_, std::move(options));
        if (!made) throw std::runtime_error{made.error().message};
        portal_ = std::move(*made);
    }
    [[nodiscard]] std::ptrdiff_t count(const std::string& name) const {
        return std::distance(fs::directory_iterator{folder_ / name}, {});
    }
    /// Polls over deaths and starts, until the folder is empty but for `done` and `rejected`.
    void pollUntilTaken() {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (count("") > 2 && std::chrono::steady_clock::now() < deadline)
            static_cast<void>(portal_->poll(inbox_, {}).ok());
        EXPECT_EQ(count(""), 2);
    }

    const testing::TemporaryFolder other_;
    const testing::TemporaryFolder folder_;
    testing::FakeHostServices services_;
    testing::FakeInbox inbox_;
    std::unique_ptr<IsolatedSubject> portal_;
};

std::string listOfOnes(std::size_t count) {
    std::string list = "[";
    for (std::size_t i = 0; i < count; ++i) list += "1,";
    return list + "1]";
}

TEST_F(IsolatedTest, AFileThatGrowsInMemoryIsPutAsideAndThoseBehindItAreTaken) {
    folder_.write("a.json", listOfOnes((25U << 20U) / 2 - 10));  // As large as a file may be.
    folder_.write("b.json", listOfOnes(7000000));                // More than there is memory for, all the same.
    folder_.write("c.csv", "id,text\n1,một\n");
    start("fields: { external_id: id, content: text }", {.memory = 160U << 20U});
    pollUntilTaken();
    EXPECT_EQ(portal_->connector().health().crashes, 0);
    EXPECT_EQ(count("rejected"), 2);
    EXPECT_EQ(count("done"), 1);
    EXPECT_THAT(inbox_.stored(), SizeIs(1));
}

TEST_F(IsolatedTest, ARowThatKillsTwiceIsRefusedAndThoseBehindItAreTaken) {
    services_.peer.setPeer([this](const HttpRequest& request, const auto&) {
        if (request.url == "https://files.example/deadly") ::kill(portal_->connector().health().pid, SIGKILL);
        return HttpResponse{.body = "bytes"};
    });
    folder_.write("a.csv",
                  "id,text,file\n1,một,https://files.example/a\n2,hai,https://files.example/deadly\n"
                  "3,ba,https://files.example/c\n");
    folder_.write("b.csv", "id,text,file\n4,bốn,\n");
    start("fields: { external_id: id, content: text }\nattachments: { url: file }");
    pollUntilTaken();
    EXPECT_EQ(portal_->connector().health().crashes, 2);
    EXPECT_EQ(count("done"), 2);
    EXPECT_THAT(inbox_.stored(), SizeIs(3));
    ASSERT_THAT(inbox_.unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox_.unacceptable()[0].problem.problem, "connector.quarantined");
}

}  // namespace
}  // namespace pakn::in_portal
