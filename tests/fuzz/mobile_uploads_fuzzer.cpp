/// @file
/// Files that come in parts, in whatever order and however often: a plain second count of what has arrived says the
/// same, the whole file is the bytes that were offered or nothing, and nobody opens another's.

#include <map>
#include <set>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "digest.hpp"
#include "harness.hpp"
#include "plugins/in_mobile/filing.hpp"
#include "plugins/in_mobile/uploads.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_mobile;

constexpr int kMostSteps = 40;
constexpr std::int64_t kSizes[] = {1, 5, kPartSize, kPartSize + 1, 2 * kPartSize + 7, 5 * kPartSize};

/// What every upload of this size holds.
const std::string& bytesOf(std::int64_t size) {
    static std::map<std::int64_t, std::string> all;
    std::string& bytes = all[size];
    while (std::cmp_less(bytes.size(), size)) bytes += static_cast<char>(bytes.size() * 31 + bytes.size() / 256);
    return bytes;
}
const std::string& digestOfSize(std::int64_t size) {
    static std::map<std::int64_t, std::string> all;
    std::string& digest = all[size];
    if (digest.empty()) digest = webhooks::sha256Hex(bytesOf(size));
    return digest;
}

/// The second count.
struct Expected {
    Upload upload = {};
    bool sound = true;  ///< The offer's digest is the one of the bytes.
    std::set<int> parts = {};
    bool used = false;
    bool spoilt = false;  ///< A part is there that is none of the file.
};

class Play {
public:
    void step(Input& input) {
        switch (input.choice(7)) {
            case 0:
                return begin(input);
            case 1:
                return put(input);
            case 2:
                return take(input);
            case 3:
                return use(input);
            case 4:
                return drop(input);
            case 5:
                return find(input);
            default:
                return pass();
        }
    }

private:
    Expected* one(Input& input) {
        if (all_.empty()) return nullptr;
        return &std::next(all_.begin(), static_cast<std::ptrdiff_t>(input.choice(all_.size())))->second;
    }
    static Owner ownerOf(bool other) { return Owner::ofAccount(other ? "account-2" : "account-1"); }

    void begin(Input& input) {
        const std::int64_t size = kSizes[input.choice(std::size(kSizes))];
        const bool sound = !input.flag();
        const Offer offer{.name = "a.jpg",
                          .content_type = "image/jpeg",
                          .size = size,
                          .sha256 = sound ? digestOfSize(size) : std::string(64, '0')};
        const Result<Upload> begun = uploads_.begin(ownerOf(false), offer, input.flag() ? "key" : "", inbox_);
        if (!begun) {
            FUZZ_CHECK(begun.error().problem == "mobile.uploads_too_many");
            FUZZ_CHECK(std::cmp_greater_equal(all_.size(), rules_.open_uploads));
            return;
        }
        // A used one gives its slot to another.
        std::erase_if(all_, [&](const auto& known) {
            return known.second.used && known.second.upload.id.substr(0, 28) == begun->id.substr(0, 28);
        });
        const auto [known, fresh] = all_.try_emplace(begun->id, Expected{.upload = *begun, .sound = sound});
        FUZZ_CHECK(begun->parts == known->second.parts && begun->offer.size == size);
        FUZZ_CHECK(fresh || known->second.sound == sound);
    }
    void put(Input& input) {
        Expected* const known = one(input);
        if (known == nullptr) return;
        const int part = static_cast<int>(input.choice(6));
        const std::size_t kind = input.choice(4);
        const Result<Upload> there = uploads_.find(known->upload.id, ownerOf(false), inbox_);
        FUZZ_CHECK(there.ok());
        const std::int64_t length = there->lengthOf(part);
        std::string bytes =
            bytesOf(known->upload.offer.size)
                .substr(static_cast<std::size_t>(length > 0 ? part * kPartSize : 0), static_cast<std::size_t>(length));
        if (kind == 1) bytes += 'x';
        if (kind == 2) bytes.assign(input.rest().substr(0, 8));
        const bool of_file = kind != 2;
        const Result<Upload> now = uploads_.put(*there, part, bytes, inbox_);
        if (now) {
            FUZZ_CHECK(length > 0 && std::cmp_equal(bytes.size(), length));
            if (known->parts.insert(part).second) known->spoilt = known->spoilt || !of_file;
            FUZZ_CHECK(now->parts == known->parts);
            FUZZ_CHECK(!now->whole() || (known->sound && !known->spoilt));
            return;
        }
        const std::string& problem = now.error().problem;
        if (problem == "mobile.upload_hash_differs") {
            // It was the last one.
            FUZZ_CHECK(!known->sound || known->spoilt || !of_file);
            known->spoilt = false;
            known->parts.clear();
            return;
        }
        FUZZ_CHECK((problem == "mobile.part_unknown" && length == 0) || problem == "mobile.part_length" ||
                   (problem == "mobile.upload_used" && known->used) || problem == "mobile.part_differs");
    }
    void take(Input& input) {
        const Expected* const known = one(input);
        if (known == nullptr) return;
        const Result<Upload> there = uploads_.find(known->upload.id, ownerOf(false), inbox_);
        FUZZ_CHECK(there.ok() && there->parts == known->parts && there->used_by.empty() != known->used);
        const Result<Attachment> file = uploads_.take(*there, inbox_);
        FUZZ_CHECK(file.ok() == (there->whole() && !known->used));
        if (!file) return;
        FUZZ_CHECK(file->content.size() == static_cast<std::uint64_t>(known->upload.offer.size));
        FUZZ_CHECK(webhooks::sha256Hex(file->content) == known->upload.offer.sha256);
    }
    void use(Input& input) {
        Expected* const known = one(input);
        if (known == nullptr) return;
        const Result<Upload> there = uploads_.find(known->upload.id, ownerOf(false), inbox_);
        FUZZ_CHECK(there.ok() && uploads_.use(*there, "petition", inbox_).ok());
        known->used = true;
    }
    void drop(Input& input) {
        Expected* const known = one(input);
        if (known == nullptr) return;
        const std::string id = known->upload.id;
        const Result<Upload> there = uploads_.find(id, ownerOf(false), inbox_);
        FUZZ_CHECK(there.ok() && uploads_.drop(*there, inbox_).ok());
        FUZZ_CHECK(!uploads_.find(id, ownerOf(false), inbox_).ok());
        all_.erase(id);
    }
    /// Whatever is asked for: one's own, or nothing.
    void find(Input& input) {
        const std::string_view id = input.line();
        const Result<Upload> found = uploads_.find(id, ownerOf(false), inbox_);
        FUZZ_CHECK(found.ok() == all_.contains(std::string{id}));
        if (!found) FUZZ_CHECK(found.error().problem == "mobile.upload_unknown");
        for (const auto& [own, known] : all_) {
            FUZZ_CHECK(!uploads_.find(own, ownerOf(true), inbox_).ok());
            FUZZ_CHECK(!uploads_.find(own, Owner::ofClient("192.0.2.1"), inbox_).ok());
        }
    }
    void pass() {
        services_.clock.set(services_.now() + rules_.keep_uploads);
        inbox_.clock.set(services_.now());
        FUZZ_CHECK(uploads_.sweep(inbox_, {}).ok());
        all_.clear();
    }

    testing::FakeHostServices services_;
    testing::FakeInbox inbox_;
    Rules rules_{.open_uploads = 3, .keep_uploads = std::chrono::hours{24}};
    Uploads uploads_{rules_, services_};
    std::map<std::string, Expected> all_;
};

/// What an app says of a file before it sends it.
void tryOffer(std::string_view text) {
    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    const Rules rules{.sign_in_required = false,
                      .max_file = 1 << 20,
                      .max_files = 1 << 20,
                      .open_uploads = 2,
                      .keep_uploads = std::chrono::hours{24}};
    Uploads uploads{rules, services};
    Filing filing{rules, services, uploads};
    const HttpRequest request{.method = "POST",
                              .url = "/uploads",
                              .headers = {{"content-type", "application/json"}},
                              .body = std::string{text},
                              .client = "192.0.2.1"};
    const PathParts parts;
    const Query query;
    const Result<HttpResponse> answer = filing.beginUpload({request, parts, query, inbox});
    if (answer) {
        FUZZ_CHECK(answer->status == 201 && isUtf8(answer->body));
        return;
    }
    FUZZ_CHECK(answer.error().code == Errc::kInvalid || answer.error().code == Errc::kTooLarge);
    FUZZ_CHECK(!answer.error().problem.empty());
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    if (input.flag()) {
        const Exact offer{input.rest()};
        return tryOffer(offer.view());
    }
    Play play;
    for (int i = 0; i < kMostSteps && !input.empty(); ++i) play.step(input);
}

}  // namespace pakn::fuzz
