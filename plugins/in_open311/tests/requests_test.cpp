/// @file
/// c.8 and c.9: reports that are asked for.

#include "fixture.hpp"

namespace pakn::in_open311 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Four public reports; now is the 6th of March, 8:00 in Viet Nam.
class Asked : public Open311 {
protected:
    Asked() {
        PublicPetition lamp = petition("060326003", at(3, 5));
        lamp.category = "chieu-sang";
        lamp.unit_name = "Trung tâm chiếu sáng";
        lamp.attributes[std::string{kChangedAt}] = std::to_string(at(5, 12).time_since_epoch().count());
        lamp.due_at = at(20, 10);
        lamp.latitude = 16.5;
        PublicPetition nowhere = petition("060326004", at(2, 5));
        nowhere.latitude = nowhere.longitude = std::nullopt;
        hub.shown.published = {petition("060326001", at(5, 5)),
                               answered(petition("060326002", at(4, 5)), at(5, 6, 7, 8), "Đã lắp nắp mới."), lamp,
                               nowhere};
    }
    std::vector<std::string> asked(const std::string& query) { return ids("/v2/requests.xml?" + query); }
};

TEST_F(Asked, O90_Parameters) {
    EXPECT_THAT(asked(""), ElementsAre("060326001", "060326002", "060326003", "060326004"));
    EXPECT_THAT(asked("service_request_id=060326004,060326002,nothing"), ElementsAre("060326002", "060326004"));
    EXPECT_THAT(asked("service_request_id=060326002&status=open&start_date=2020-01-01&service_code=chieu-sang"),
                ElementsAre("060326002"))
        << "ids override all others";
    EXPECT_THAT(asked("service_code=chieu-sang"), ElementsAre("060326003"));
    EXPECT_THAT(asked("service_code=chieu-sang,%20ha-tang").size(), 4U);
    EXPECT_THAT(asked("status=closed"), ElementsAre("060326002"));
    PublicPetition& merged = hub.shown.published[0];
    merged.status = "merged";
    EXPECT_THAT(asked("status=closed"), ElementsAre("060326001", "060326002")) << "it goes on in another one";
    EXPECT_THAT(asked("status=open"), ElementsAre("060326003", "060326004"));
    merged.status = "received";
    EXPECT_THAT(asked("status=OPEN"), ElementsAre("060326001", "060326003", "060326004"));
    EXPECT_THAT(asked("status=open,closed").size(), 4U);
    EXPECT_THAT(asked("start_date=2026-03-04T05:00:00Z"), ElementsAre("060326001", "060326002")) << "both ends count";
    EXPECT_THAT(asked("end_date=2026-03-03T05:00:00Z"), ElementsAre("060326003", "060326004"));
    EXPECT_THAT(asked("start_date=2026-03-03T12:00:00+07:00&end_date=2026-03-03T12:00:00%2B07:00"),
                ElementsAre("060326003"))
        << "a plus that was not encoded is a plus all the same";
    EXPECT_THAT(asked("start_date=2026-03-03T12:00:01%2B0700&end_date=2026-03-04"), IsEmpty());
}

TEST_F(Asked, O91_NinetyDaysAndAThousandRows) {
    hub.shown.published.push_back(petition("old", at(6, 1) - std::chrono::days{90}));
    hub.shown.published.push_back(petition("older", at(6, 0, 59, 59) - std::chrono::days{90}));
    EXPECT_EQ(asked("").back(), "old");
    EXPECT_THAT(asked("end_date=2026-01-01"), ElementsAre("old", "older")) << "the 90 days before that";
    EXPECT_THAT(asked("start_date=2025-12-01"), Not(::testing::Contains("060326001"))) << "the 90 days after that";
    EXPECT_EQ(codes(get("/v2/requests.xml?start_date=2025-12-01T00:00:00Z&end_date=2026-03-01T00:00:01Z")),
              std::vector{400});
    EXPECT_EQ(get("/v2/requests.xml?start_date=2025-12-01T00:00:00Z&end_date=2026-03-01T00:00:00Z").status, 200);
    hub.shown.published.clear();
    for (int i = 0; i < 1100; ++i)
        hub.shown.published.push_back(petition("n" + std::to_string(i), at(6, 0) - std::chrono::minutes{i}));
    EXPECT_EQ(asked("").size(), 1000U);
    EXPECT_EQ(asked("page_size=5000").size(), 1000U);
}

TEST_F(Asked, O92_Fields) {
    const XmlNode root = xml("/v2/requests.xml");
    EXPECT_EQ(root.name, "service_requests");
    for (const XmlNode& request : root.children) {
        EXPECT_EQ(request.name, "request");
        EXPECT_THAT(request.names(), ElementsAre("service_request_id", "status", "status_notes", "service_name",
                                                 "service_code", "description", "agency_responsible", "service_notice",
                                                 "requested_datetime", "updated_datetime", "expected_datetime",
                                                 "address", "address_id", "zipcode", "lat", "long", "media_url"));
    }
    const XmlNode& done = root.children[1];
    EXPECT_EQ(done.at("status").text, "closed");
    EXPECT_EQ(done.at("status_notes").text, "Đã lắp nắp mới.");
    EXPECT_EQ(done.at("service_name").text, "Hạ tầng đô thị");
    EXPECT_EQ(done.at("description").text, "Hố ga mất nắp trước số 12");
    EXPECT_EQ(done.at("agency_responsible").text, "Sở Xây dựng");
    EXPECT_EQ(done.at("lat").text, "16.464");
    EXPECT_EQ(root.children[0].at("status").text, "open");
    EXPECT_EQ(root.children[0].at("status_notes").text, "Đã tiếp nhận");
    EXPECT_EQ(root.children[2].at("expected_datetime").text, "2026-03-20T10:00:00Z");
    hub.shown.published[2].attributes[std::string{kAppointedAt}] =
        std::to_string(at(25, 10).time_since_epoch().count());
    EXPECT_EQ(xml("/v2/requests.xml").children[2].at("expected_datetime").text, "2026-03-25T10:00:00Z")
        << "the day that its unit named";
    EXPECT_EQ(root.children[2].at("updated_datetime").text, "2026-03-05T12:00:00Z");
    hub.shown.published[1].content.clear();
    for (int i = 0; i < 5000; ++i) hub.shown.published[1].content += "ổ";
    const std::string text = xml("/v2/requests.xml").children[1].at("description").text;
    EXPECT_EQ(codePoints(text), 4000U) << "the schema's longest";
    EXPECT_TRUE(text.ends_with("…"));
}

TEST_F(Asked, O93_EveryElementIsThere) {
    const auto list = json("/v2/requests.json");
    const auto& bare = (*list)[3];
    for (const char* text : {"service_request_id", "status", "service_code", "requested_datetime"})
        EXPECT_TRUE(bare[text].IsString()) << text;
    for (const char* empty : {"description", "agency_responsible", "service_notice", "expected_datetime", "address",
                              "address_id", "zipcode", "lat", "long", "media_url"})
        EXPECT_TRUE(bare[empty].IsNull()) << empty;
}

TEST_F(Asked, O94_AClosedOneChangedLastWhenItClosed) {
    hub.shown.published[1].attributes[std::string{kChangedAt}] = std::to_string(at(6, 0).time_since_epoch().count());
    EXPECT_EQ(xml("/v2/requests.xml").children[1].at("updated_datetime").text, "2026-03-05T06:07:08Z");
}

TEST_F(Asked, O95_NothingIsNoError) {
    hub.shown.published.clear();
    EXPECT_THAT(get("/v2/requests.xml").body, HasSubstr("<service_requests/>"));
    EXPECT_EQ(get("/v2/requests.json").body, "[]");
    EXPECT_EQ(get("/v2/requests.json?service_request_id=nothing").body, "[]");
    EXPECT_EQ(get("/v2/servicerequestupdates.json").body, "[]");
}

TEST_F(Asked, O97_Pages) {
    EXPECT_THAT(asked("page_size=3"), ElementsAre("060326001", "060326002", "060326003"));
    EXPECT_THAT(asked("page=0&page_size=3").size(), 3U) << "0 is 1";
    EXPECT_THAT(asked("page=2&page_size=3"), ElementsAre("060326004"));
    EXPECT_THAT(asked("page=3&page_size=3"), IsEmpty());
    EXPECT_THAT(asked("max_requests=1"), ElementsAre("060326001"));
    EXPECT_THAT(asked("service_request_id=060326001,060326002&page=2&page_size=1"), ElementsAre("060326002"));
    EXPECT_EQ(get("/v2/requests.xml?page=10&page_size=1000").status, 200);
    EXPECT_EQ(get("/v2/requests.xml?page=99999999999&page_size=1").status, 400);
}

TEST_F(Asked, O97_Changes) {
    EXPECT_THAT(asked("updated_after=2026-03-05T06:07:08Z"), ElementsAre("060326002", "060326003"));
    EXPECT_THAT(asked("updated_after=2026-03-05T06:07:09Z"), ElementsAre("060326003"));
    EXPECT_THAT(asked("updated_before=2026-03-05T05:00:00Z"), ElementsAre("060326001", "060326004"));
    hub.shown.published[2].received_at = at(1, 0) - std::chrono::days{200};
    EXPECT_THAT(asked("updated_after=2026-03-05T06:07:09Z"), ElementsAre("060326003"))
        << "the 90 days are those of the change";
}

TEST_F(Asked, O97_Places) {
    EXPECT_THAT(asked("bbox=107,16.45,108,16.47"), ElementsAre("060326001", "060326002"));
    EXPECT_THAT(asked("bbox=107,16.48,108,16.6"), ElementsAre("060326003"));
    EXPECT_THAT(asked("lat=16.464&long=107.591&radius=0"), ElementsAre("060326001", "060326002"));
    EXPECT_THAT(asked("lat=16.464&long=107.591&radius=3990").size(), 2U) << "0.036 degrees are 4003 m";
    EXPECT_THAT(asked("lat=16.464&long=107.591&radius=4010").size(), 3U) << "where there is no place, it is not here";
    EXPECT_THAT(asked("agency_responsible=Trung%20t%C3%A2m%20chi%E1%BA%BFu%20s%C3%A1ng"), ElementsAre("060326003"));
    EXPECT_THAT(asked("has_photo=true").size(), 4U) << "ignored";
}

TEST_F(Asked, O97_Extensions) {
    const XmlNode one = xml("/v2/requests.xml?extensions=true").children[1];
    EXPECT_EQ(one.at("extended_attributes").at("detailed_status").text, "PROCESSED");
    EXPECT_EQ(one.at("extended_attributes").at("extended_status").text, "fixed");
    EXPECT_EQ(one.at("extended_attributes").at("external_status_code").text, "answered");
    const XmlNode& notes = one.at("notes");
    ASSERT_EQ(notes.children.size(), 2U);
    EXPECT_THAT(notes.children[0].names(), ElementsAre("datetime", "description", "type"));
    EXPECT_EQ(notes.children[1].at("type").text, "answered");
    EXPECT_EQ(xml("/v2/requests/060326002.xml?extensions=true").children[0].at("notes").children.size(), 2U);
}

TEST_F(Asked, O100_OneIsAListOfOne) {
    const XmlNode root = xml("/v2/requests/060326002.xml");
    ASSERT_EQ(root.children.size(), 1U);
    EXPECT_EQ(root.children[0].names(), xml("/v2/requests.xml").children[1].names());
    const auto list = json("/v2/requests/060326002.json");
    ASSERT_TRUE(list->IsArray());
    EXPECT_EQ(list->Size(), 1U);
}

TEST_F(Asked, O101_UnknownAndNotPublicAreTheSame) {
    sent("portal-a", petition("060326009", at(5, 0)));
    for (const char* format : {"xml", "json"}) {
        const HttpResponse unknown = get(std::string{"/v2/requests/999999999."} + format);
        const HttpResponse hidden = get(std::string{"/v2/requests/060326009."} + format);
        EXPECT_EQ(unknown.status, 404);
        EXPECT_EQ(hidden.status, 404);
        EXPECT_EQ(unknown.body, hidden.body);
        EXPECT_EQ(unknown.headers, hidden.headers);
    }
}

TEST_F(Asked, O102_TheZeroStays) {
    EXPECT_EQ((*json("/v2/requests/060326001.json"))[0]["service_request_id"], "060326001");
    EXPECT_EQ(get("/v2/requests/60326001.json").status, 404);
}

}  // namespace
}  // namespace pakn::in_open311
