/// @file
/// Copies of photos: what is shown instead of what was sent. The decoder is a function of the test.

#include "core/engine/photos.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "core/testing/temporary_folder.hpp"

namespace pakn::engine {
namespace {

/// Enough for libmagic; the text tells one from another.
std::string jpeg(const std::string& text) {
    return std::string{"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", 20} + text;
}

class PhotosTest : public ::testing::Test {
protected:
    PhotosTest() : blobs_{store::openBlobs("directory:blobs", folder_.path()).value()} { restart(); }

    /// As after a crash: nothing is left but what is on disk.
    void restart() {
        photos_.reset();
        photos_ = std::make_unique<Photos>(
            *blobs_,
            [this](std::string_view kind, const Content& content) -> Result<Decoded> {
                EXPECT_EQ(kind, "photo");
                ++decodes_;
                return answer_(content.bytes(1U << 20U).value());
            },
            2,
            [this](LogLevel, std::string_view id, std::string_view) {
                const std::lock_guard lock{mutex_};
                logged_.emplace(id);
            });
    }
    domain::FileRef file(const std::string& bytes, const std::string& type = "image/jpeg") {
        return {.sha256 = blobs_->put(bytes).value(),
                .name = "anh.jpg",
                .type = type,
                .size = static_cast<std::int64_t>(bytes.size())};
    }
    std::string shown(const domain::FileRef& file) {
        const Result<Content> content = photos_->open(file);
        return content ? content->bytes(1U << 20U).value() : content.error().problem;
    }
    static Result<Decoded> copyOf(const std::string& bytes) {
        return Decoded{.content_type = "image/jpeg",
                       .parts = {{.name = "", .content_type = "image/jpeg", .content = bytes}}};
    }
    static Result<Decoded> failure(Errc code, const std::string& problem) {
        return Error{.code = code, .message = problem, .problem = problem};
    }

    testing::TemporaryFolder folder_;
    std::unique_ptr<store::Blobs> blobs_;
    std::function<Result<Decoded>(const std::string&)> answer_ = [](const std::string&) {
        return copyOf(jpeg("copy"));
    };
    std::atomic<int> decodes_{0};
    std::mutex mutex_;
    std::multiset<std::string> logged_;
    std::unique_ptr<Photos> photos_;
};

TEST_F(PhotosTest, APhotoIsShownAsACopyAndKeptAsItWasSent) {
    const domain::FileRef photo = file(jpeg("GPS"));
    EXPECT_EQ(photos_->state(photo), PhotoState::kPending);
    EXPECT_EQ(shown(photo), jpeg("copy"));
    EXPECT_EQ(photos_->state(photo), PhotoState::kReady);
    EXPECT_EQ(*blobs_->get(photo.sha256), jpeg("GPS"));
    EXPECT_EQ(shown(photo), jpeg("copy"));
    restart();
    EXPECT_EQ(shown(photo), jpeg("copy"));
    EXPECT_EQ(decodes_, 1);
}

TEST_F(PhotosTest, OtherFilesAreShownAsTheyAre) {
    const domain::FileRef letter = file("%PDF-1.4", "application/pdf");
    photos_->prepare({letter});
    EXPECT_EQ(shown(letter), "%PDF-1.4");
    EXPECT_EQ(photos_->state(letter), std::nullopt);
    EXPECT_EQ(decodes_, 0);
}

TEST_F(PhotosTest, CopiesAreMadeWithoutAnybodyAsking) {
    const domain::FileRef photo = file(jpeg("GPS"));
    photos_->prepare({photo});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (photos_->state(photo) != PhotoState::kReady && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    EXPECT_EQ(photos_->state(photo), PhotoState::kReady);
    EXPECT_EQ(shown(photo), jpeg("copy"));
    EXPECT_EQ(decodes_, 1);
}

TEST_F(PhotosTest, WhatCannotBeReadIsSaidAndNotTriedAgain) {
    answer_ = [](const std::string&) { return failure(Errc::kRejected, "decode.damaged"); };
    const domain::FileRef photo = file(jpeg("broken"));
    EXPECT_EQ(shown(photo), "file.unreadable");
    EXPECT_EQ(photos_->open(photo).error().code, Errc::kRejected);
    EXPECT_EQ(photos_->state(photo), PhotoState::kUnreadable);
    restart();
    EXPECT_EQ(shown(photo), "file.unreadable");
    EXPECT_EQ(decodes_, 1);
    EXPECT_EQ(logged_.count("PHOTO_UNREADABLE"), 1U);
    EXPECT_EQ(*blobs_->get(photo.sha256), jpeg("broken")) << "it is evidence all the same";
}

TEST_F(PhotosTest, WithoutADecoderItIsNotYetAndNeverTheOriginal) {
    answer_ = [](const std::string&) { return failure(Errc::kUnavailable, "decode.unavailable"); };
    const domain::FileRef photo = file(jpeg("GPS"));
    const Result<Content> content = photos_->open(photo);
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().code, Errc::kUnavailable);
    EXPECT_TRUE(content.error().retry_after);
    EXPECT_EQ(photos_->state(photo), PhotoState::kPending);
    answer_ = [](const std::string&) { return copyOf(jpeg("copy")); };
    EXPECT_EQ(shown(photo), jpeg("copy"));
    Photos none{*blobs_, {}, 2, {}};
    EXPECT_EQ(none.open(file(jpeg("other"))).error().code, Errc::kUnavailable);
}

TEST_F(PhotosTest, ADecoderThatLiesIsNotBelieved) {
    answer_ = [](const std::string&) { return copyOf("<html><script>alert(1)</script></html>"); };
    EXPECT_EQ(shown(file(jpeg("one"))), "file.unreadable");
    answer_ = [](const std::string&) { return copyOf(""); };
    EXPECT_EQ(shown(file(jpeg("two"))), "file.unreadable");
    answer_ = [](const std::string&) { return Result<Decoded>{Decoded{}}; };
    EXPECT_EQ(shown(file(jpeg("three"))), "file.unreadable");
}

TEST_F(PhotosTest, ACopyThatWasLostIsMadeAgain) {
    const domain::FileRef photo = file(jpeg("GPS"));
    const std::string copy = jpeg("copy");
    EXPECT_EQ(shown(photo), copy);
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder_.path()})
        if (entry.is_regular_file() && entry.file_size() == copy.size() && entry.path().stem() != photo.sha256)
            std::filesystem::remove(entry.path());
    EXPECT_EQ(shown(photo), copy);
    EXPECT_EQ(decodes_, 2);
}

TEST_F(PhotosTest, AnOriginalThatIsGoneIsNotFound) {
    const domain::FileRef photo{.sha256 = std::string(64, 'a'), .name = "anh.jpg", .type = "image/jpeg", .size = 1};
    const Result<Content> content = photos_->open(photo);
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().code, Errc::kNotFound);
    EXPECT_EQ(decodes_, 0);
}

}  // namespace
}  // namespace pakn::engine
