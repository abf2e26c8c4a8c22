/// @file
/// in_portal as the hub loads it: options, samples, folders, the state over a restart.

#include <gmock/gmock.h>

#include <filesystem>
#include <memory>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/option_table.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "portal_file.hpp"
#include "test_paths.hpp"

namespace pakn::in_portal {
namespace {

namespace fs = std::filesystem;
using plugin_host::Instance;
using plugin_host::PluginHost;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const fs::path kFolder = fs::path{PAKN_SOURCE_DIR} / "plugins/in_portal";

const PluginHost& host() {
    static const PluginHost host{{fs::path{PAKN_BINARY_DIR} / "lib/paknhub"}};
    return host;
}

class InPortalTest : public ::testing::Test {
protected:
    Result<std::unique_ptr<Instance>> create(Settings::Values values, Settings::Lists lists = {}) {
        return host().create(
            "in_portal",
            testing::settingsFor(host().find("in_portal")->info.options, std::move(values), std::move(lists)),
            services_);
    }
    std::string mapping(const std::string& text) { return folder_.write("portal.yaml", text).string(); }
    static std::string sample(const std::string& name) { return (kFolder / "samples" / name).string(); }

    const testing::TemporaryFolder folder_;
    testing::FakeHostServices services_;
    testing::FakeInbox inbox_;
};

TEST_F(InPortalTest, TheReadmeShowsTheOptionsAsTheyAre) {
    EXPECT_THAT(testing::readFile(kFolder / "README.md"),
                HasSubstr(testing::optionTable(host().find("in_portal")->info.options)));
}

TEST_F(InPortalTest, SaysThatAPortalMayActTwice) {
    EXPECT_EQ(host().find("in_portal")->info.idempotency, Idempotency::kNone);
}

TEST_F(InPortalTest, TheSamplesAreMappingsWithoutMistakes) {
    int samples = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator{kFolder / "samples"}) {
        Mistakes mistakes{entry.path().filename().string()};
        static_cast<void>(readPortalFile(testing::readFile(entry.path()), mistakes));
        for (const std::string& line : mistakes.lines()) ADD_FAILURE() << line;
        ++samples;
    }
    EXPECT_EQ(samples, 3);
}

TEST_F(InPortalTest, TheSampleForFilesTakesACsv) {
    folder_.write(
        "06-03.csv",
        "Mã phiếu;Nội dung phản ánh;Lĩnh vực;Công khai;Thời gian xảy ra;Họ và tên;Số điện thoại;Địa điểm;Mã xã\n"
        "P-1;Hố ga mất nắp;Hạ tầng;Có;06/03/2026 07:30;Người Thử;0900000001;Số 1;19753\n"
        "P-2;;Hạ tầng;Có;;;;;\n");
    auto instance = create({{"mapping", sample("files.yaml")}, {"directory", folder_.path().string()}});
    ASSERT_TRUE(instance) << instance.error().message;
    ASSERT_TRUE((*instance)->poll(inbox_, {}));
    ASSERT_TRUE((*instance)->poll(inbox_, {}));
    ASSERT_THAT(inbox_.stored(), SizeIs(1));
    const IncomingPetition petition = inbox_.stored()[0];
    EXPECT_EQ(petition.external_id, "P-1");
    EXPECT_EQ(petition.category, "ha-tang");
    EXPECT_TRUE(petition.is_public);
    EXPECT_EQ(petition.petitioner.phone, "0900000001");
    EXPECT_EQ(services_.counted("refused"), 1) << "P-2 has no content";
}

TEST_F(InPortalTest, TheSampleForPullTakesAPageAndWritesBack) {
    services_.peer.setPeer([](const HttpRequest& request, const auto&) {
        if (request.url.find("page=1") == std::string::npos) return HttpResponse{.body = R"({"data":{"items":[]}})"};
        return HttpResponse{.body = R"({"data":{"items":[{"id":7,"tieuDe":"Đèn","noiDung":"Đèn không sáng",
            "diaChi":"Ngã tư","linhVuc":{"ma":"01"},"congKhai":"Công khai","mucDo":"Bình thường","capNhatLuc":"2026-03-06T08:00:00+07:00",
            "nguoiGui":{"hoTen":"Người Thử","dongY":true},"toaDo":{"lat":16.4,"lng":107.5}}]}})"};
    });
    auto instance = create({{"mapping", sample("pull.yaml")},
                            {"pull_url", "https://portal.example/api"},
                            {"auth", "header"},
                            {"auth_secret", "k"},
                            {"channel", "x"}});
    ASSERT_TRUE(instance) << instance.error().message;
    const Status polled = (*instance)->poll(inbox_, {});
    ASSERT_TRUE(polled) << polled.error().message;
    ASSERT_THAT(inbox_.stored(), SizeIs(1));
    EXPECT_EQ(inbox_.stored()[0].text, "Đèn không sáng\nNơi xảy ra: Ngã tư");
    EXPECT_EQ(services_.peer.requests()[0].headers.at("x-api-key"), "k");

    const Result<Receipt> receipt = (*instance)->send({.id = "d",
                                                       .idempotency_key = "d",
                                                       .kind = "result",
                                                       .event = "released",
                                                       .status = "answered",
                                                       .channel = "x",
                                                       .external_id = "7",
                                                       .result_text = "Đã sửa."},
                                                      {});
    ASSERT_TRUE(receipt) << receipt.error().message;
    EXPECT_EQ(services_.peer.requests().back().url, "http://127.0.0.1:9098/api/phan-anh/7/ket-qua");
    EXPECT_EQ(services_.peer.requests().back().headers.at("idempotency-key"), "d");
}

TEST_F(InPortalTest, DoesNotStartOnWhatCannotWork) {
    const std::string good = mapping("fields: { external_id: /id, content: /id }");
    const auto code = [](const Result<std::unique_ptr<Instance>>& made) {
        return made ? Errc::kInvalid : made.error().code;
    };
    EXPECT_EQ(code(create({{"mapping", good}})), Errc::kMisconfigured) << "nothing to do";
    EXPECT_EQ(code(create({{"mapping", good}, {"push_secret", "s"}})), Errc::kMisconfigured) << "no section push";
    EXPECT_EQ(code(create({{"mapping", good}, {"pull_url", "http://a/"}, {"auth", "digest"}})), Errc::kMisconfigured);
    EXPECT_EQ(code(create({{"mapping", good}, {"pull_url", "http://a/"}, {"auth", "bearer"}})), Errc::kMisconfigured);
    EXPECT_EQ(code(create({{"mapping", good}, {"sftp_url", "sftp://a/b"}})), Errc::kMisconfigured) << "no pinned key";
    EXPECT_EQ(code(create({{"mapping", "/nowhere"}, {"pull_url", "http://a/"}})), Errc::kMisconfigured);
    EXPECT_EQ(code(create({{"mapping", good}, {"pull_url", "http://a/"}})), Errc::kInvalid) << "this one starts";
    const std::string back = folder_
                                 .write("back.yaml",
                                        "fields: { external_id: /id, content: /id }\n"
                                        "write_back: [{ on: result, url: https://a.example/ }]")
                                 .string();
    EXPECT_EQ(code(create({{"mapping", back}, {"pull_url", "http://a/"}})), Errc::kMisconfigured) << "whose answers?";
    EXPECT_EQ(code(create({{"mapping", back}, {"pull_url", "http://a/"}, {"channel", "c"}})), Errc::kInvalid);
    const std::string silent =
        folder_
            .write("silent.yaml",
                   "fields: { external_id: /id, content: /id }\n"
                   "write_back: [{ on: result, url: https://a.example/, status: { closed: x } }]")
            .string();
    EXPECT_EQ(code(create({{"mapping", silent}, {"pull_url", "http://a/"}, {"channel", "c"}})), Errc::kMisconfigured);
}

TEST_F(InPortalTest, EveryMistakeOfTheMappingIsInTheLog) {
    const std::string bad = mapping("fields:\n  titel: /t\n  external_id: { from: /~9 }\n");
    EXPECT_FALSE(create({{"mapping", bad}, {"pull_url", "http://a/"}}));
    ASSERT_THAT(services_.logged(), SizeIs(3));
    EXPECT_THAT(services_.logged()[1].text, HasSubstr("portal.yaml:2:3: error: "));
}

}  // namespace
}  // namespace pakn::in_portal
