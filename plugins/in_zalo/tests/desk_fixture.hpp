#pragma once
/// @file
/// A whole conversation without a hub: what a user writes, what the chat says, what becomes of it.

#include <gmock/gmock.h>

#include <memory>

#include "invented.hpp"
#include "pakn/sdk/reply_address.hpp"

namespace pakn::in_zalo {

/// The smallest files of their types, as far as anybody here looks.
inline const std::string kJpeg = std::string{"\xFF\xD8\xFF\xE0\0\x10JFIF\0", 11} + std::string(2000, '\x01');
inline const std::string kPdf = "%PDF-1.4\n" + std::string(100, 'x');
inline const std::string kAac = std::string{"\xFF\xF1\x50\x80", 4} + std::string(100, '\x02');

class DeskTest : public ::testing::Test {
protected:
    explicit DeskTest(Settings::Values values = {}) { start(std::move(values)); }

    /// Also a restart: what is kept stays.
    void start(Settings::Values values = {}, Settings::Lists lists = {}) {
        settings_ = settingsWith(std::move(values), std::move(lists));
        restart();
    }
    void restart() { connector_ = std::make_unique<Connector>(services_, settings_); }

    void advance(std::chrono::milliseconds by) {
        services_.clock.advance(by);
        inbox_.clock.advance(by);
    }
    void arrive(const std::string& body) {
        const Result<HttpResponse> answer = connector_->webhook.handle(signedRequest(body), inbox_);
        ASSERT_TRUE(answer.ok() && answer->status == 200);
    }
    void poll() {
        const Status done = connector_->desk.poll(inbox_, {});
        EXPECT_TRUE(done) << done.error().message;
    }
    /// One message arrives and is looked at.
    void say(const std::string& text) {
        arrive(user_.text(text));
        poll();
    }
    [[nodiscard]] std::vector<IncomingPetition> petitions() const { return inbox_.stored(); }
    [[nodiscard]] std::size_t keptOf(const std::string& conversation) { return inbox_.kept(conversation)->size(); }
    /// Whatever is kept, of anybody.
    [[nodiscard]] std::vector<std::string> conversations() {
        return *inbox_.quiet(services_.now() + std::chrono::hours{1000}, 1000);
    }
    /// A petition that the records know: `answer` empty when there is none.
    void record(const std::string& code, const std::string& answer, Attributes attributes = {}) {
        PublicPetition petition{.code = code, .status = "in_progress", .status_label = {.vi = "Đang xử lý"}};
        petition.unit_name = "Sở Xây dựng";
        if (!answer.empty()) petition.answer = PublicAnswer{.text = answer};
        petition.attributes = std::move(attributes);
        services_.shown.tracked.insert_or_assign({code, std::string{}}, petition);  // The inbox here gives no tokens.
    }

    testing::FakeHostServices services_;
    testing::FakeInbox inbox_;
    FakeZalo zalo_{services_.peer};
    Settings settings_;
    std::unique_ptr<Connector> connector_;
    Writer user_;
};

}  // namespace pakn::in_zalo
