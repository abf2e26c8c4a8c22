/// @file
/// What intake makes of who sends a petition: numbers of people, where each value comes from, what was agreed to, and
/// what each channel wants to know.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/places.hpp"
#include "core/engine/intake.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;

/// From whom a request may come.
enum class From { kWeb, kPortal, kConnector, kOperator };

IntakeRequest request(IncomingPetition petition, From from = From::kWeb) {
    if (petition.text.empty()) petition.text = "Hố ga mất nắp";
    IntakeRequest made{.petition = std::move(petition), .channel = "web", .caller = "web"};
    if (from == From::kPortal || from == From::kConnector) {
        made.channel = made.caller = "portal";
        made.trust_external_id = true;
        made.by_connector = from == From::kConnector;
    }
    if (from == From::kOperator) {
        made.channel = "hotline1022";
        made.caller = "account:a-7";
        made.by_operator = true;
    }
    return made;
}

class IntakePeople : public ::testing::Test {
protected:
    /// What is sealed; the problem when it is refused.
    store::Person person(const IntakeRequest& one) {
        const Result<Arrival> arrival = bench_.prepareOne(one);
        problem_ = arrival ? "" : arrival.error().problem;
        field_ = arrival ? "" : arrival.error().field;
        if (arrival) submitted_ = arrival->submit.petition;
        return arrival ? arrival->birth->person : store::Person{};
    }
    store::Person withId(std::string id, From from = From::kWeb, std::string kind = "individual",
                         Attributes attributes = {}) {
        return person(request(
            {.petitioner = {.kind = std::move(kind), .citizen_id = std::move(id)}, .attributes = std::move(attributes)},
            from));
    }
    void rule(domain::IdentityRule rule) {
        config::Configuration changed = *bench_.configuration;
        domain::Rules rules = *changed.rules;
        for (const char* channel : {"web", "portal", "hotline1022"}) rules.identity[channel] = rule;
        changed.rules = std::make_shared<const domain::Rules>(std::move(rules));
        bench_.configuration = std::make_shared<const config::Configuration>(std::move(changed));
    }

    Bench bench_;
    std::string problem_;
    std::string field_;
    IncomingPetition submitted_;
};

TEST_F(IntakePeople, AWrongIdIsRefusedToWhoeverCanMendItAndKeptOfEverybodyElse) {
    const struct {
        const char* id;
        const char* kind;
        const char* problem;
        const char* warning;
    } kWrong[] = {{"146203000002", "individual", "petition.citizen_id_invalid", "form"},
                  {"46203000002", "individual", "petition.citizen_id_lost_zero", "lost_zero"},
                  {"0101234567", "individual", "petition.citizen_id_invalid", "form"},
                  {"01012", "organisation", "petition.tax_code_invalid", "form"}};
    for (const auto& one : kWrong) {
        SCOPED_TRACE(one.id);
        withId(one.id, From::kWeb, one.kind);
        EXPECT_EQ(problem_, one.problem);
        EXPECT_EQ(field_, "/petitioner/citizen_id");
        for (const From from : {From::kPortal, From::kConnector, From::kOperator}) {
            const store::Person kept = withId(one.id, from, one.kind);
            EXPECT_EQ(problem_, "");
            EXPECT_EQ(kept.petitioner.citizen_id, one.id) << "never what was probably meant";
            EXPECT_EQ(kept.attributes.at("citizen_id_warning"), one.warning);
        }
    }
}

TEST_F(IntakePeople, ADoubtIsNoRefusal) {
    const Attributes form{{"birth_date", "1990-01-31"}, {"sex", "nữ"}};
    const store::Person one = withId("099203000002", From::kWeb, "individual", form);
    EXPECT_EQ(problem_, "");
    EXPECT_EQ(one.attributes.at("citizen_id_warning"), "province,year,sex");
    EXPECT_FALSE(one.attributes.contains("birth_date")) << "held against the number, and not kept";
    EXPECT_FALSE(one.attributes.contains("sex"));
    for (const char* sound : {"046203000002", "191234567"})
        EXPECT_FALSE(withId(sound).attributes.contains("citizen_id_warning")) << sound;
    EXPECT_FALSE(withId("0101234567-001", From::kWeb, "organisation").attributes.contains("citizen_id_warning"));
    EXPECT_EQ(problem_, "");
}

TEST_F(IntakePeople, WarningsHaveNoDigitsAndNobodyElseCanSetThem) {
    for (const char* id : {"146203000002", "46203000002", "099090000004"}) {
        const store::Person kept = withId(id, From::kConnector);
        for (const auto& [name, value] : kept.attributes)
            EXPECT_EQ(value.find_first_of("0123456789"), std::string::npos) << name;
    }
    const store::Person kept = person(request({.attributes = {{"citizen_id_warning", "form"},
                                                              {"area_warning", "unknown"},
                                                              {"location_warning", "outside"},
                                                              {"category_as_sent", "x"},
                                                              {"emergency_claimed", "true"},
                                                              {"files_left_out", "x"},
                                                              {"note", "x"}}},
                                              From::kConnector));
    EXPECT_EQ(kept.attributes, (Attributes{{"note", "x"}}));
}

TEST_F(IntakePeople, SpacesOfAnIdAreTakenOutAndSaidSo) {
    const store::Person one = withId("046\u00a0203 000\u00a0002");
    EXPECT_EQ(one.petitioner.citizen_id, "046203000002");
    EXPECT_EQ(one.provenance.at("citizen_id"), "repaired:spaces");
}

TEST_F(IntakePeople, EveryRepairOfAPhoneNumberIsSaid) {
    const std::pair<const char*, const char*> kRepaired[] = {{"912345678", "repaired:missing_zero"},
                                                             {"01621234567", "repaired:old_prefix"},
                                                             {"8484912345678", "repaired:double_84"},
                                                             {"+84 (0)912 345 678", "repaired:zero_after_84"},
                                                             {"1621234567", "repaired:missing_zero,old_prefix"},
                                                             {"0912.345.678", "sender"}};
    for (const auto& [typed, source] : kRepaired) {
        const store::Person one = person(request({.petitioner = {.phone = typed}}));
        EXPECT_EQ(one.provenance.at("phone"), source) << typed;
        EXPECT_EQ(one.phone_typed, typed);
    }
    EXPECT_FALSE(person(request({})).provenance.contains("phone"));
}

TEST_F(IntakePeople, EachFieldSaysWhereItsValueComesFrom) {
    const IncomingPetition full{.title = "Hố ga",
                                .text = "Hố ga mất nắp",
                                .category = "ha-tang",
                                .emergency = true,
                                .is_public = true,
                                .anonymous = true,
                                .petition_class = "PAKN",
                                .petitioner = {.name = "A",
                                               .phone = "0912345678",
                                               .email = "a@b.example",
                                               .citizen_id = "046203000002",
                                               .address = "Tổ 1"},
                                .consent = {.publish_identity = true},
                                .location = {.address = "Số 5", .area = "19753", .latitude = 16.5},
                                .occurred_at = Instant{}};
    const std::vector<std::string> all{"title",     "content", "category",   "area",    "location", "occurred_at",
                                       "phone",     "email",   "citizen_id", "name",    "address",  "class",
                                       "emergency", "public",  "anonymous",  "consents"};
    for (const auto& [from, source] : {std::pair{From::kConnector, "connector"}, std::pair{From::kPortal, "connector"},
                                       std::pair{From::kOperator, "operator"}, std::pair{From::kWeb, "sender"}}) {
        IntakeRequest one = request(full, from);
        one.channel = "hotline1022";  // May declare emergencies.
        const Attributes provenance = person(one).provenance;
        EXPECT_EQ(provenance.size(), all.size());
        for (const std::string& field : all) EXPECT_EQ(provenance.at(field), source) << field;
    }
    const Attributes bare = person(request({.text = "Hố ga"})).provenance;
    EXPECT_EQ(bare, (Attributes{{"title", "derived:content"},
                                {"content", "sender"},
                                {"class", "default"},
                                {"emergency", "default"},
                                {"public", "default"},
                                {"anonymous", "default"},
                                {"consents", "default"}}));
}

TEST_F(IntakePeople, WhatIsPutAsideIsNobodysValue) {
    const store::Person one = person(request({.category = "sao-hoa", .emergency = true}));
    EXPECT_FALSE(one.provenance.contains("category"));
    EXPECT_EQ(one.provenance.at("emergency"), "derived:channel");
}

TEST_F(IntakePeople, ConsentsAreKeptWithTheirTextChannelAndProof) {
    const Consent agreed{.process_personal_data = true, .publish_identity = true};
    IntakeRequest web =
        request({.declared_true = true, .consent = agreed, .attributes = {{"consent_text", "2026-01"}}});
    store::Person one = person(web);
    ASSERT_EQ(one.consents.size(), 3U);
    EXPECT_EQ(one.consents[0].purpose, "process_personal_data");
    EXPECT_EQ(one.consents[1].purpose, "publish_identity");
    EXPECT_EQ(one.consents[2].purpose, "declared_true");
    for (const store::ConsentRecord& record : one.consents) {
        EXPECT_EQ(record.by, "sender");
        EXPECT_EQ(record.channel, "web");
        EXPECT_EQ(record.text_version, "2026-01");
        EXPECT_EQ(record.proof, "form");
        EXPECT_EQ(record.at, bench_.now.load());
    }
    EXPECT_FALSE(one.attributes.contains("consent_text"));

    one = person(request({.external_id = "P-9", .consent = agreed}, From::kConnector));
    EXPECT_EQ(one.consents.at(0).by, "connector:portal");
    EXPECT_EQ(one.consents.at(0).proof, "external_id:P-9");
    EXPECT_EQ(one.consents.at(0).text_version, "");

    IntakeRequest call = request({.consent = agreed}, From::kOperator);
    call.call_id = "c-1";
    call.received_at = bench_.now.load() - std::chrono::hours{2};
    one = person(call);
    EXPECT_EQ(one.consents.at(0).by, "operator:a-7");
    EXPECT_EQ(one.consents.at(0).proof, "call:c-1");
    EXPECT_EQ(one.consents.at(0).at, *call.received_at) << "when they said it, not when it was written down";

    one = person(request({.consent = agreed, .attributes = {{"consent_proof", "Mẫu 02/2026"}}}, From::kConnector));
    EXPECT_EQ(one.consents.at(0).proof, "Mẫu 02/2026");
    EXPECT_FALSE(one.attributes.contains("consent_proof"));
    EXPECT_TRUE(person(request({})).consents.empty()) << "none is assumed";
}

TEST_F(IntakePeople, TheVersionOfATextIsShort) {
    std::string version;
    for (int i = 0; i < 100; ++i) version += "ế";
    person(request({.attributes = {{"consent_text", version}}}));
    EXPECT_EQ(problem_, "");
    person(request({.attributes = {{"consent_text", version + "x"}}}));
    EXPECT_EQ(problem_, "petition.field_too_long");
    EXPECT_EQ(field_, "/attributes/consent_text");
}

TEST_F(IntakePeople, WhatTheHubMakesOfARequestDoesNotChangeItsHash) {
    const auto hash = [&](const IntakeRequest& one) { return bench_.prepareOne(one)->birth->body_hash; };
    const IntakeRequest one = request({.location = {.address = "phường Phú Xuân"}});
    const std::string before = hash(one);
    config::Configuration changed = *bench_.configuration;
    changed.places = std::make_shared<const domain::Places>(
        domain::Areas{{"19753", {.id = "19753", .name = "Phường Phú Xuân"}}}, std::vector<domain::AreaShape>{});
    bench_.configuration = std::make_shared<const config::Configuration>(std::move(changed));
    EXPECT_EQ(hash(one), before);
    EXPECT_EQ(bench_.prepareOne(one)->submit.petition.location.area, "19753");
    IntakeRequest other = one;
    other.petition.attributes["consent_text"] = "2026-02";
    EXPECT_NE(hash(other), before);
}

// The rules of a channel hold for whatever brings its petitions.
TEST_F(IntakePeople, EachIdentityRuleHoldsForConnectorsToo) {
    const Petitioner known{.name = "A", .phone = "0912345678", .citizen_id = "046203000002", .address = "Tổ 1"};
    const auto ends = [&](Petitioner who, bool anonymous, From from) {
        person(request({.anonymous = anonymous, .petitioner = std::move(who)}, from));
        return problem_;
    };
    const auto without = [&](std::string Petitioner::*member) {
        Petitioner who = known;
        who.*member = {};
        return who;
    };
    for (const From from : {From::kWeb, From::kPortal, From::kConnector, From::kOperator}) {
        SCOPED_TRACE(static_cast<int>(from));
        rule(domain::IdentityRule::kRequired);
        EXPECT_EQ(ends(known, false, from), "");
        EXPECT_EQ(ends(known, true, from), "identity.anonymous_not_taken");
        EXPECT_EQ(ends(without(&Petitioner::name), false, from), "identity.name_missing");
        EXPECT_EQ(ends(without(&Petitioner::phone), false, from), "identity.phone_missing");
        EXPECT_EQ(ends(without(&Petitioner::citizen_id), false, from), "identity.citizen_id_missing");
        EXPECT_EQ(ends(without(&Petitioner::address), false, from), "identity.address_missing");
        rule(domain::IdentityRule::kAnonymousToPublic);
        EXPECT_EQ(ends({.name = "A", .phone = "0912345678"}, true, from), "");
        EXPECT_EQ(ends({.phone = "0912345678"}, true, from), "identity.name_missing");
        EXPECT_EQ(ends({.name = "A"}, true, from), "identity.phone_missing");
        rule(domain::IdentityRule::kOptional);
        EXPECT_EQ(ends({}, false, from), "");
        rule(domain::IdentityRule::kAnonymous);
        IntakeRequest told = request({.petitioner = known,
                                      .consent = {.process_personal_data = true, .publish_identity = true},
                                      .attributes = {{"reply_address", "u-1"}, {"birth_date", "2003-01-01"}}},
                                     from);
        const store::Person nobody = person(told);
        EXPECT_EQ(problem_, "");
        EXPECT_EQ(nobody.petitioner.name + nobody.petitioner.phone + nobody.petitioner.citizen_id +
                      nobody.petitioner.address + nobody.phone_typed + nobody.reply_address,
                  "");
        EXPECT_TRUE(submitted_.anonymous);
        EXPECT_EQ(nobody.provenance.at("anonymous"), "derived:channel");
        for (const char* field : {"name", "phone", "citizen_id", "address"})
            EXPECT_FALSE(nobody.provenance.contains(field)) << field;
        EXPECT_EQ(nobody.consents.size(), 1U) << "nothing can be published";
        EXPECT_FALSE(nobody.attributes.contains("birth_date"));
    }
    // A wrong number is a number: what a connector brings of somebody is not lost over it.
    rule(domain::IdentityRule::kRequired);
    Petitioner mistyped = known;
    mistyped.citizen_id = "46203000002";
    EXPECT_EQ(ends(mistyped, false, From::kConnector), "");
    EXPECT_EQ(ends(mistyped, false, From::kWeb), "petition.citizen_id_lost_zero");
}

}  // namespace
}  // namespace pakn::engine
