#pragma once
/// @file
/// A hub whose lists come page by page, as the real one's do, and which can be unwell.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/fake_host.hpp"
#include "numbers.hpp"

namespace pakn::in_open311 {

/// Public records and own petitions of another fake, cut into pages. One thread.
class PagedHub final : public HostServices, private PublicRecords, private Citizens {
public:
    explicit PagedHub(testing::FakeHostServices& whole) : whole_{whole} {}

    /// From now on every question is answered so.
    void fail(Errc code) { trouble_ = Error{.code = code, .message = "the test says so"}; }
    /// How often a page was asked for.
    [[nodiscard]] int asked() const { return asked_; }

    void log(LogLevel level, std::string_view text) override { whole_.log(level, text); }
    [[nodiscard]] Instant now() const override { return whole_.now(); }
    HttpClient& http() override { return whole_.http(); }
    State& state() override { return whole_.state(); }
    void count(std::string_view counter, std::int64_t increment) override { whole_.count(counter, increment); }
    [[nodiscard]] std::string address() const override { return whole_.address(); }
    Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) override {
        return whole_.lease(name, hold);
    }
    Status release(std::string_view name) override { return whole_.release(name); }
    PublicRecords& records() override { return *this; }
    Result<Decoded> decode(std::string_view kind, const Content& content) override {
        return whole_.decode(kind, content);
    }
    Result<std::int64_t> endSessions(const ProviderLogout& over) override { return whole_.endSessions(over); }
    Citizens& citizens() override { return *this; }

private:
    Result<PublicPetition> track(std::string_view code, std::string_view secret) override {
        return whole_.shown.track(code, secret);
    }
    Result<Content> file(std::string_view, std::string_view, std::string_view) override { return nothing(); }
    Result<PublicPage> list(const PublicFilter&) override { return nothing(); }
    Result<PublicPetition> show(std::string_view) override { return nothing(); }
    Result<Content> answerFile(std::string_view, std::string_view) override { return nothing(); }
    Result<std::vector<PublicName>> categories() override {
        if (trouble_) return *trouble_;
        return whole_.shown.categories();
    }
    Result<std::vector<PublicName>> areas() override { return nothing(); }
    Result<PublicStatistics> statistics() override { return nothing(); }
    Result<PublicCitizen> citizen(std::string_view) override { return nothing(); }
    Result<PublicLabel> problem(std::string_view id) override { return whole_.shown.problem(id); }

    Result<PublicPage> search(const PublicSearch& wanted) override {
        ++asked_;
        if (trouble_) return *trouble_;
        Result<PublicPage> all = whole_.shown.search(wanted);
        if (!all) return all;
        return cut(std::move(*all), wanted.after, wanted.limit, 200);
    }
    Result<OwnPage> petitions(const OwnSearch& wanted) override {
        ++asked_;
        if (trouble_) return *trouble_;
        Result<OwnPage> all = whole_.people.petitions(wanted);
        if (!all) return all;
        return cut(std::move(*all), wanted.after, wanted.limit, 100);
    }

    Result<CodeSent> sendCode(const CodeRequest&) override { return nothing(); }
    Result<SignedInCitizen> signIn(std::string_view, std::string_view) override { return nothing(); }
    Result<PetitionKey> openPetition(std::string_view, std::string_view) override { return nothing(); }
    Status signOut(std::string_view) override { return nothing(); }
    Status keepDevice(const Device&) override { return nothing(); }
    Result<std::vector<Device>> devices(std::string_view, std::string_view) override { return nothing(); }
    Status forgetDevice(const Device&) override { return nothing(); }

    static Error nothing() { return {.code = Errc::kNotFound, .message = "not asked in these tests"}; }

    template <class Page>
    static Page cut(Page all, const std::string& after, int limit, int most) {
        const auto from = static_cast<std::size_t>(parseWhole(after).value_or(0));
        const std::size_t size = static_cast<std::size_t>(std::clamp(limit, 1, most));
        const std::size_t end = std::min(from + size, all.items.size());
        Page page;
        page.items.assign(all.items.begin() + static_cast<std::ptrdiff_t>(from),
                          all.items.begin() + static_cast<std::ptrdiff_t>(end));
        if (end < all.items.size()) page.next = std::to_string(end);
        return page;
    }

    testing::FakeHostServices& whole_;
    std::optional<Error> trouble_;
    int asked_ = 0;
};

}  // namespace pakn::in_open311
