/// @file
/// A portal's list: paging, the cursor that only moves behind durable pages, answers of every kind.

#include "pull.hpp"

#include <gmock/gmock.h>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "mapped.hpp"
#include "text.hpp"

namespace pakn::in_portal {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::FakeInbox;
using ::testing::HasSubstr;
using ::testing::SizeIs;

PullShape shapeOf(const std::string& yaml) {
    Mistakes mistakes{"portal.yaml"};
    const std::optional<Node> tree = parseYaml(yaml, mistakes);
    PullShape shape = readPullShape(tree ? &*tree : nullptr, {}, mistakes);
    for (const std::string& line : mistakes.lines()) ADD_FAILURE() << line;
    return shape;
}

constexpr const char* kPages =
    "paging: { kind: page, parameter: p, size_parameter: n, size: 2 }\n"
    "since: { parameter: from, from: /changed, overlap: 10m, format: epoch }";

/// A list of `count` items, changed one minute after the other from `first` on.
std::string listOf(int first, int count) {
    std::string list = "[";
    for (int i = first; i < first + count; ++i)
        list += (i > first ? "," : "") + std::string{R"({"id": )"} + std::to_string(i) +
                R"(, "text": "x", "changed": ")" + formatDate(Instant{1772758800s} + i * 1min, "iso", 7h) + "\"}";
    return list + "]";
}

class PullTest : public ::testing::Test {
protected:
    PullTest() { services_.clock.set(Instant{1772758800s} + 24h); }

    /// A connector as it is after a start: it knows what the state holds, nothing else.
    Status poll(const std::string& yaml, FakeInbox& inbox, int pages = 20) {
        const PullShape shape = shapeOf(yaml);
        Puller puller{shape, {.url = "https://portal.example/api", .pages = pages}, mapping_, intake_, services_};
        return puller.poll(inbox, {});
    }
    /// The portal serves `pages` by the parameter p; behind the last one empty lists.
    void servePages(std::vector<std::string> pages) {
        services_.peer.setPeer([pages = std::move(pages)](const HttpRequest& request, const auto&) {
            const auto at = request.url.find("p=");
            const auto number = static_cast<std::size_t>(std::stoi(request.url.substr(at + 2)));
            return HttpResponse{.body = number <= pages.size() ? pages[number - 1] : "[]"};
        });
    }
    std::vector<std::string> urls() const {
        std::vector<std::string> all;
        for (const HttpRequest& request : services_.peer.requests())
            all.push_back(request.url.substr(std::string{"https://portal.example/api"}.size()));
        return all;
    }
    std::vector<std::string> ids(const FakeInbox& inbox) const {
        std::vector<std::string> all;
        for (const IncomingPetition& one : inbox.stored()) all.push_back(one.external_id);
        return all;
    }

    const Mapping mapping_ = mappingOf("fields: { external_id: /id, content: /text }");
    testing::FakeHostServices services_;
    Intake intake_{mapping_, services_, {}};
    FakeInbox inbox_;
};

TEST_F(PullTest, TakesAllPagesThenAsksSinceTheNewest) {
    servePages({listOf(1, 2), listOf(3, 1)});
    ASSERT_TRUE(poll(kPages, inbox_));
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "2", "3"));
    EXPECT_THAT(urls(), ElementsAre("?n=2&p=1", "?n=2&p=2", "?n=2&p=3")) << "a short page is not the end: portals cap";
    servePages({listOf(3, 2)});
    ASSERT_TRUE(poll(kPages, inbox_));
    EXPECT_THAT(urls()[3], HasSubstr("from=" + std::to_string(1772758800 + 3 * 60 - 600))) << "newest less the overlap";
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "2", "3", "4"));
}

TEST_F(PullTest, ThePageOfAFailureComesAgain) {
    servePages({listOf(1, 2), listOf(3, 2), listOf(5, 2)});
    FakeInbox down{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.external_id == "4") return FakeInbox::failed(Errc::kUnavailable);
        return std::nullopt;
    }};
    EXPECT_EQ(poll(kPages, down).error().code, Errc::kUnavailable);
    EXPECT_THAT(ids(down), ElementsAre("1", "2", "3"));
    ASSERT_TRUE(poll(kPages, inbox_)) << "a new start";
    EXPECT_THAT(ids(inbox_), ElementsAre("3", "4", "5", "6")) << "page 2 from its beginning, page 1 no more";
}

TEST_F(PullTest, AFailureIsRetriedByTheSameConnectorToo) {
    servePages({listOf(1, 2), listOf(3, 2)});
    int calls = 0;
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        if (++calls == 4) return FakeInbox::failed(Errc::kUnavailable);
        return std::nullopt;
    }};
    const PullShape shape = shapeOf(kPages);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping_, intake_, services_};
    EXPECT_FALSE(puller.poll(inbox, {}));
    EXPECT_TRUE(puller.poll(inbox, {}));
    EXPECT_THAT(ids(inbox), ElementsAre("1", "2", "3", "4"));
}

TEST_F(PullTest, CatchesUpInBoundedRounds) {
    std::vector<std::string> pages;
    for (int i = 0; i < 50; ++i) pages.push_back(listOf(i * 2, 2));
    servePages(pages);
    for (int round = 0; round < 11; ++round) ASSERT_TRUE(poll(kPages, inbox_, 5));
    EXPECT_THAT(inbox_.stored(), SizeIs(100));
    EXPECT_EQ(inbox_.calls(), 100) << "no page twice, although each round was a new start";
}

// What comes within the overlap of what came before has to be seen by a connector that was never stopped, too.
TEST_F(PullTest, EveryRoundBeginsAtTheFirstPage) {
    const PullShape shape = shapeOf(kPages);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping_, intake_, services_};
    servePages({listOf(1, 1)});
    ASSERT_TRUE(puller.poll(inbox_, {}));
    const std::optional<std::string> kept = *services_.state().get("pull");
    ASSERT_TRUE(puller.poll(inbox_, {}));
    ASSERT_TRUE(puller.poll(inbox_, {}));
    EXPECT_EQ(*services_.state().get("pull"), kept) << "nothing new, nothing written";
    servePages({listOf(1, 2)});
    ASSERT_TRUE(puller.poll(inbox_, {}));
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "2"));
    servePages({listOf(1, 3)});
    ASSERT_TRUE(poll(kPages, inbox_)) << "after a start";
    EXPECT_THAT(ids(inbox_), ::testing::Contains("3"));
}

TEST_F(PullTest, ARoundThatAPortalForgotBeginsAnew) {
    servePages({listOf(1, 2), listOf(3, 2)});
    ASSERT_TRUE(poll(kPages, inbox_, 1));
    services_.peer.answer({.status = 410});
    EXPECT_EQ(poll(kPages, inbox_).error().code, Errc::kRejected);
    servePages({listOf(1, 2), listOf(3, 2)});
    ASSERT_TRUE(poll(kPages, inbox_));
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "2", "3", "4"));
}

TEST_F(PullTest, ADateInTheFutureHidesNothing) {
    servePages({R"([{"id": 1, "text": "x", "changed": "2199-01-01T00:00:00Z"}])"});
    ASSERT_TRUE(poll(kPages, inbox_));
    ASSERT_TRUE(poll(kPages, inbox_));
    EXPECT_THAT(urls().back(), HasSubstr("from=" + std::to_string(1772758800 + 24 * 3600 - 600)));
}

TEST_F(PullTest, APortalThatRepeatsItsLastPageHasCometoItsEnd) {
    services_.peer.answer({.body = listOf(1, 2)});
    ASSERT_TRUE(poll(kPages, inbox_));
    EXPECT_THAT(urls(), SizeIs(2));
}

TEST_F(PullTest, OneObjectIsAPageOfOneItem) {
    services_.peer.answer({.body = R"({"id": "abc-1", "text": "Hố ga"})"});
    ASSERT_TRUE(poll("paging: { kind: none }", inbox_));
    ASSERT_THAT(inbox_.stored(), SizeIs(1));
    EXPECT_EQ(inbox_.stored()[0].external_id, "abc-1");
    EXPECT_EQ(inbox_.stored()[0].text, "Hố ga");
    EXPECT_TRUE(inbox_.unacceptable().empty());
}

TEST_F(PullTest, ByCursor) {
    const std::string yaml = "paging: { kind: cursor, parameter: c, next: /meta/next }";
    const Mapping mapping = mappingOf("items: /data\nfields: { external_id: /id, content: /text }");
    Intake intake{mapping, services_, {}};
    services_.peer.setPeer([](const HttpRequest& request, const auto&) {
        const bool second = request.url.find("c=a%2Fb%3D") != std::string::npos;
        return HttpResponse{.body = second ? R"({"data": [{"id": 2, "text": "x"}], "meta": {"next": null}})"
                                           : R"({"data": [{"id": 1, "text": "x"}], "meta": {"next": "a/b="}})"};
    });
    const PullShape shape = shapeOf(yaml);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping, intake, services_};
    ASSERT_TRUE(puller.poll(inbox_, {}));
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "2"));
    services_.peer.answer({.body = R"({"data": [], "meta": {"next": "same"}})"});
    EXPECT_EQ(puller.poll(inbox_, {}).error().problem, "portal.paging") << "no circle";
}

TEST_F(PullTest, ByLink) {
    const std::string yaml = "paging: { kind: link }";
    services_.peer.setPeer([](const HttpRequest& request, const auto&) {
        HttpResponse answer{.body = listOf(request.url.find("p=2") == std::string::npos ? 1 : 2, 1)};
        if (request.url.find("p=2") == std::string::npos)
            answer.headers["link"] = "<https://portal.example/api?p=1>; rel=\"prev\", </api?p=2>; rel=\"next\"";
        return answer;
    });
    ASSERT_TRUE(poll(yaml, inbox_));
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "2"));
    for (const char* target :
         {"https://evil.example/?p=2", "//evil.example/?p=2", "https://portal.example@evil.example/"}) {
        services_.peer.answer(
            {.headers = {{"link", "<" + std::string{target} + ">; rel=\"next\""}}, .body = listOf(1, 1)});
        EXPECT_EQ(poll(yaml, inbox_).error().problem, "portal.paging") << target;
    }
}

TEST_F(PullTest, ALinkMayBeRelative) {
    services_.peer.setPeer([](const HttpRequest& request, const auto&) {
        HttpResponse answer{.body = listOf(request.url.find("page=") == std::string::npos ? 1 : 2, 1)};
        if (request.url == "https://portal.example/api") answer.headers["link"] = "<?page=2>; rel=next";
        return answer;
    });
    ASSERT_TRUE(poll("paging: { kind: link }", inbox_));
    EXPECT_THAT(urls(), ElementsAre("", "?page=2"));
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "2"));
    EXPECT_EQ(resolved("https://h.example/a/b?x=1", "c?y=2#z"), "https://h.example/a/c?y=2");
    EXPECT_EQ(resolved("https://h.example/a/b?x=1", "../c"), "https://h.example/c");
    EXPECT_EQ(resolved("https://h.example/a", "//other.example/b"), "https://other.example/b");
}

TEST_F(PullTest, PagesInACircleEndTheRoundWithAnError) {
    services_.peer.setPeer([](const HttpRequest& request, const auto&) {
        const bool second = request.url.find("page=2") != std::string::npos;
        HttpResponse answer{.body = listOf(second ? 2 : 1, 1)};
        answer.headers["link"] = second ? "</api>; rel=next" : "</api?page=2>; rel=next";
        return answer;
    });
    EXPECT_EQ(poll("paging: { kind: link }", inbox_, 1000).error().problem, "portal.paging");
    EXPECT_THAT(urls(), SizeIs(2)) << "noticed at the first repetition";
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "2")) << "what the pages hold is stored";
    EXPECT_EQ(poll("paging: { kind: link }", inbox_, 1000).error().problem, "portal.paging") << "and not forgotten";
}

TEST_F(PullTest, TheNextPageMayBeAWholeAddressOfThePortal) {
    const std::string yaml = "paging: { kind: cursor, parameter: c, next: /next }";
    const Mapping mapping = mappingOf("items: /data\nfields: { external_id: /id, content: /text }");
    Intake intake{mapping, services_, {}};
    std::string next = "https://portal.example/api?page=2&q=a";
    services_.peer.setPeer([&](const HttpRequest& request, const auto&) {
        const bool second = request.url.find("page=2") != std::string::npos;
        return HttpResponse{.body = R"({"data": )" + listOf(second ? 2 : 1, 1) +
                                    (second ? R"(, "next": null})" : R"(, "next": ")" + next + "\"}")};
    });
    const PullShape shape = shapeOf(yaml);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping, intake, services_};
    ASSERT_TRUE(puller.poll(inbox_, {}));
    EXPECT_THAT(urls(), ElementsAre("", "?page=2&q=a"));
    next = "https://evil.example/api?page=2";
    EXPECT_EQ(puller.poll(inbox_, {}).error().problem, "portal.paging");
    EXPECT_THAT(services_.peer.requests(), SizeIs(3)) << "the other host was not asked";
}

TEST_F(PullTest, NotFoundBehindTheLastPageIsTheEnd) {
    for (const int status : {404, 416}) {
        testing::FakeInbox inbox;
        ASSERT_TRUE(services_.kept.put("pull", ""));
        services_.peer.setPeer([status](const HttpRequest& request, const auto&) {
            const bool there =
                request.url.find("p=1") != std::string::npos || request.url.find("p=2") != std::string::npos;
            if (!there) return HttpResponse{.status = status};
            return HttpResponse{.body = listOf(request.url.find("p=1") != std::string::npos ? 1 : 3, 2)};
        });
        ASSERT_TRUE(poll(kPages, inbox)) << status;
        EXPECT_THAT(ids(inbox), ElementsAre("1", "2", "3", "4"));
        ASSERT_TRUE(poll(kPages, inbox));
        EXPECT_THAT(urls().back(), HasSubstr("from=" + std::to_string(1772758800 + 4 * 60 - 600)));
    }
}

TEST_F(PullTest, NotFoundAtALaterRoundIsTheEndOnlyOfAListThatIsThere) {
    services_.peer.setPeer([](const HttpRequest& request, const auto&) {
        if (request.url.find("p=1") == std::string::npos) return HttpResponse{.status = 404};
        return HttpResponse{.body = listOf(1, 2)};
    });
    ASSERT_TRUE(poll(kPages, inbox_, 1)) << "the round ended exactly at the limit";
    services_.peer.answer({.status = 404});
    EXPECT_EQ(poll(kPages, inbox_).error().problem, "portal.http_404") << "the whole list is gone: no end of a round";
    EXPECT_EQ(poll(kPages, inbox_).error().problem, "portal.http_404");
}

TEST_F(PullTest, ARoundWithoutAnyIdIsNoRound) {
    const std::string yaml = "paging: { kind: none }\nsince: { parameter: from, format: epoch }";
    services_.peer.answer({.body = R"([{"error": "maintenance"}, 7, {"ID": 1, "text": "x"}])"});
    EXPECT_EQ(poll(yaml, inbox_).error().problem, "portal.items");
    services_.peer.answer({.body = R"({"error": "maintenance"})"});
    EXPECT_EQ(poll(yaml, inbox_).error().problem, "portal.items");
    EXPECT_EQ(urls().back(), "") << "`since` did not move";
    services_.peer.answer({.body = "[]"});
    EXPECT_TRUE(poll(yaml, inbox_)) << "nothing new is no error";
    ASSERT_TRUE(poll(yaml, inbox_));
    EXPECT_THAT(urls().back(), HasSubstr("from="));
}

TEST_F(PullTest, WithATemplateForTheIdAnErrorIsNoItemEither) {
    const Mapping mapping = mappingOf("fields: { external_id: { template: \"P-{{id}}\" }, content: /text }");
    Intake intake{mapping, services_, {}};
    const PullShape shape = shapeOf("paging: { kind: none }");
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping, intake, services_};
    services_.peer.answer({.body = R"({"error": "maintenance"})"});
    EXPECT_EQ(puller.poll(inbox_, {}).error().problem, "portal.items");
    EXPECT_TRUE(inbox_.unacceptable().empty());
    EXPECT_EQ(inbox_.calls(), 0);
}

TEST_F(PullTest, MoreMayBeNullOrAbsent) {
    const Mapping mapping = mappingOf("items: /data\nfields: { external_id: /id, content: /text }");
    Intake intake{mapping, services_, {}};
    const auto pagesAsked = [&](const std::string& more, const std::string& size = "") {
        EXPECT_TRUE(services_.kept.put("pull", ""));
        const std::size_t before = services_.peer.requests().size();
        services_.peer.answer({.body = "{" + more + R"("data": )" + listOf(1, 2) + "}"});
        const PullShape shape = shapeOf("paging: { kind: page, parameter: p, more: /more" + size + " }");
        Puller puller{shape, {.url = "https://portal.example/api"}, mapping, intake, services_};
        EXPECT_TRUE(puller.poll(inbox_, {}));
        return services_.peer.requests().size() - before;
    };
    for (const char* none : {R"("more": null, )", R"("more": false, )", R"("more": 0, )", ""})
        EXPECT_EQ(pagesAsked(none), 1U) << none;
    EXPECT_EQ(pagesAsked(R"("more": true, )"), 2U) << "then the portal repeats itself";
    EXPECT_EQ(pagesAsked("", ", size_parameter: n, size: 2"), 2U) << "a full page without a word is not the end";
}

TEST_F(PullTest, AFailureOfTheHubIsNoWaitThatThePortalAskedFor) {
    servePages({listOf(1, 1)});
    bool well = false;
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        if (well) return std::nullopt;
        return Result<Accepted>{Error{.code = Errc::kUnavailable, .problem = "store.full", .retry_after = 120s}};
    }};
    const PullShape shape = shapeOf(kPages);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping_, intake_, services_};
    EXPECT_EQ(puller.poll(inbox, {}).error().problem, "store.full");
    well = true;
    EXPECT_TRUE(puller.poll(inbox, {}));
    EXPECT_THAT(ids(inbox), ElementsAre("1"));
}

TEST_F(PullTest, ByOffsetAndWithAFlagForMore) {
    const std::string yaml = "paging: { kind: offset, parameter: o, more: /more }";
    const Mapping mapping = mappingOf("items: /data\nfields: { external_id: /id, content: /text }");
    Intake intake{mapping, services_, {}};
    services_.peer.setPeer([](const HttpRequest& request, const auto&) {
        const bool first = request.url.find("o=0") != std::string::npos;
        return HttpResponse{.body = R"({"more": )" + std::string{first ? "true" : "false"} + R"(, "data": )" +
                                    (first ? listOf(1, 3) : listOf(4, 1)) + "}"};
    });
    const PullShape shape = shapeOf(yaml);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping, intake, services_};
    ASSERT_TRUE(puller.poll(inbox_, {}));
    EXPECT_THAT(urls(), ElementsAre("?o=0", "?o=3"));
    EXPECT_THAT(inbox_.stored(), SizeIs(4));
}

TEST_F(PullTest, AnswersOfEveryKind) {
    const auto code = [&](HttpResponse answer) {
        services_.peer.answer(std::move(answer));
        const Status polled = poll(kPages, inbox_);
        return polled ? "fine" : std::string{errcName(polled.error().code)} + ' ' + polled.error().problem;
    };
    EXPECT_EQ(code({.status = 401}), "unauthenticated portal.http_401");
    EXPECT_EQ(code({.status = 429, .headers = {{"retry-after", "120"}}}), "unavailable portal.http_429");
    EXPECT_EQ(code({.status = 500}), "unavailable portal.failed");
    EXPECT_EQ(code({.status = 302}), "rejected portal.http_302");
    EXPECT_EQ(code({.body = "<html>login</html>"}), "unavailable portal.json");
    EXPECT_EQ(code({.body = R"({"error": "x"})"}), "unavailable portal.items") << "an error is no item";
    EXPECT_EQ(code({.body = "\"nonsense\""}), "unavailable portal.items");
    EXPECT_EQ(code({.body = std::string(100000, '[')}), "unavailable portal.json");
    services_.peer.fail({.code = Errc::kUnknownOutcome, .problem = "http.timeout"});
    EXPECT_EQ(poll(kPages, inbox_).error().code, Errc::kUnavailable) << "asking again does no harm";
    services_.peer.fail({.code = Errc::kUnknownOutcome, .problem = "http.answer_too_large"});
    EXPECT_EQ(poll(kPages, inbox_).error().code, Errc::kMisconfigured);
    EXPECT_EQ(inbox_.stored().size(), 0U);
    EXPECT_EQ(services_.kept.get("pull")->value_or("none").find("177"), std::string::npos) << "nothing moved";
}

TEST_F(PullTest, WaitsAsLongAsThePortalAsks) {
    const PullShape shape = shapeOf(kPages);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping_, intake_, services_};
    services_.peer.answer({.status = 503, .headers = {{"retry-after", "120"}}});
    EXPECT_EQ(puller.poll(inbox_, {}).error().retry_after, 120s);
    servePages({listOf(1, 1)});
    services_.clock.advance(119s);
    EXPECT_EQ(puller.poll(inbox_, {}).error().problem, "portal.wait");
    EXPECT_THAT(urls(), SizeIs(1)) << "not asked meanwhile";
    services_.clock.advance(1s);
    EXPECT_TRUE(puller.poll(inbox_, {}));
    EXPECT_EQ(inbox_.calls(), 1);
}

TEST_F(PullTest, ABadItemIsPutAsideAPoisonedOneAfterSomeTries) {
    servePages({R"([{"id": 1, "text": ["?"]}, {"id": 2, "text": "poison"}, {"id": 3, "text": "x"}])", listOf(4, 1)});
    FakeInbox inbox{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.text == "poison") return FakeInbox::failed(Errc::kInternal);
        return std::nullopt;
    }};
    const PullShape shape = shapeOf(kPages);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping_, intake_, services_};
    for (int i = 0; i < 4; ++i) EXPECT_EQ(puller.poll(inbox, {}).error().code, Errc::kInternal);
    EXPECT_THAT(ids(inbox), ElementsAre("3"));
    EXPECT_TRUE(puller.poll(inbox, {}));
    EXPECT_THAT(ids(inbox), ElementsAre("3", "4"));
    ASSERT_THAT(inbox.unacceptable(), SizeIs(2));
    EXPECT_EQ(inbox.unacceptable()[1].external_id, "2");
}

TEST_F(PullTest, AnItemThatKilledItsProcessTwiceIsRefusedUnlookedAt) {
    servePages({listOf(1, 2), listOf(3, 1)});
    FakeInbox down{[](const IncomingPetition&) { return FakeInbox::failed(Errc::kInternal); }};
    EXPECT_FALSE(poll(kPages, down));
    const std::vector<std::string> in_hand = down.inHand();
    ASSERT_THAT(in_hand, SizeIs(3)) << "the page, then its items";
    const PullShape shape = shapeOf(kPages);
    Puller puller{shape, {.url = "https://portal.example/api", .pages = 20}, mapping_, intake_, services_};
    inbox_.setAside(in_hand[2]);
    for (int round = 0; round < 2; ++round) ASSERT_TRUE(puller.poll(inbox_, {})) << "the round goes on behind it";
    EXPECT_THAT(ids(inbox_), ElementsAre("1", "3"));
    ASSERT_THAT(inbox_.unacceptable(), SizeIs(1)) << "once, however often an overlap brings it";
    EXPECT_EQ(inbox_.unacceptable()[0].problem.problem, "connector.quarantined");
    EXPECT_THAT(inbox_.unacceptable()[0].raw, HasSubstr(R"("id":"2")"));
}

TEST_F(PullTest, APageThatKilledItsProcessTwiceIsNamedOnceAndWaits) {
    servePages({listOf(1, 2), listOf(3, 2)});
    FakeInbox first;
    ASSERT_TRUE(poll(kPages, first, 1));
    FakeInbox second;
    servePages({listOf(1, 2), "no list"});
    EXPECT_FALSE(poll(kPages, second));
    ASSERT_THAT(second.inHand(), SizeIs(1));
    inbox_.setAside(second.inHand()[0]);
    const PullShape shape = shapeOf(kPages);
    Puller puller{shape, {.url = "https://portal.example/api"}, mapping_, intake_, services_};
    for (int round = 0; round < 3; ++round)
        EXPECT_EQ(puller.poll(inbox_, {}).error().problem, "portal.page_set_aside") << "the connector is failing";
    EXPECT_EQ(inbox_.calls(), 0);
    ASSERT_THAT(inbox_.unacceptable(), SizeIs(1));
    EXPECT_THAT(inbox_.unacceptable()[0].raw, HasSubstr("p=2"));
    servePages({listOf(1, 2), listOf(3, 2)});
    FakeInbox after;
    ASSERT_TRUE(puller.poll(after, {})) << "the hub lets it be tried again";
    EXPECT_EQ(ids(after).front(), "3") << "nothing was left out";
}

TEST_F(PullTest, ShowsWhoAsks) {
    const auto header = [&](const Login& login, const std::string& name) {
        HttpRequest request;
        login.sign(request);
        return request.headers[name];
    };
    EXPECT_EQ(header({.kind = Login::Kind::kBearer, .secret = "t"}, "authorization"), "Bearer t");
    EXPECT_EQ(header({.kind = Login::Kind::kBasic, .user = "Aladdin", .secret = "open sesame"}, "authorization"),
              "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        << "the example of RFC 7617";
    EXPECT_EQ(header({.kind = Login::Kind::kHeader, .header = "x-key", .secret = "k"}, "x-key"), "k");
}

TEST(PullShape, MistakesAreNamed) {
    Mistakes mistakes{"portal.yaml"};
    const auto tree = parseYaml(
        "paging: { kind: cursor }\nsince: { format: excel, overlap: soon, initial: never }\nqery: {}\n", mistakes);
    static_cast<void>(readPullShape(&*tree, {}, mistakes));
    EXPECT_THAT(mistakes.lines(), SizeIs(7));
}

TEST(RetryAfter, SecondsAndDates) {
    const Instant now{1772758800s};
    EXPECT_EQ(retryAfter("120", now), 120s);
    EXPECT_EQ(retryAfter("Fri, 06 Mar 2026 01:02:00 GMT", now), 120s);
    EXPECT_EQ(retryAfter("99999999999999999999", now), 1h);
    for (const char* none : {"", "0", "-5", "soon", "Fri, 06 Mar 2020 01:02:00 GMT"})
        EXPECT_FALSE(retryAfter(none, now));
}

}  // namespace
}  // namespace pakn::in_portal
