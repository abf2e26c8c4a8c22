/// @file
/// The intake request: JSON, or multipart with JSON and files. A second parser must agree on what is JSON, and what was
/// accepted must come back from the text that the hub writes of it.

#include <rapidjson/document.h>

#include <algorithm>

#include "core/domain/civil_time.hpp"
#include "core/engine/petition_text.hpp"
#include "core/http/multipart.hpp"
#include "core/http/petition_json.hpp"
#include "core/http/petition_text.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::http;

std::string padded(std::string_view text) {
    std::string made;
    made.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    return made.append(text);
}

std::vector<std::string_view> textsOf(const IncomingPetition& in) {
    return {in.external_id,
            in.title,
            in.text,
            in.category,
            in.petition_class,
            in.complained_unit,
            in.petitioner.kind,
            in.petitioner.name,
            in.petitioner.phone,
            in.petitioner.email,
            in.petitioner.citizen_id,
            in.petitioner.address,
            in.location.address,
            in.location.area};
}

bool isSame(const IncomingPetition& a, const IncomingPetition& b) {
    return textsOf(a) == textsOf(b) && a.emergency == b.emergency && a.is_public == b.is_public &&
           a.anonymous == b.anonymous && a.declared_true == b.declared_true && a.occurred_at == b.occurred_at &&
           a.consent.process_personal_data == b.consent.process_personal_data &&
           a.consent.use_identity_in_handling == b.consent.use_identity_in_handling &&
           a.consent.publish_identity == b.consent.publish_identity && a.attributes == b.attributes;
}

void checkBounds(const IncomingPetition& in) {
    FUZZ_CHECK(in.attributes.size() <= 50);
    FUZZ_CHECK(!in.location.latitude || std::abs(*in.location.latitude) <= 90);
    FUZZ_CHECK(!in.location.longitude || std::abs(*in.location.longitude) <= 180);
    for (const std::string_view text : textsOf(in)) {
        FUZZ_CHECK(text.find('\0') == std::string_view::npos);
        FUZZ_CHECK(isUtf8(text));
    }
    for (const auto& [name, value] : in.attributes) FUZZ_CHECK(name.size() <= 64 && isUtf8(value));
    if (in.occurred_at) FUZZ_CHECK(domain::parseInstant(domain::formatInstant(*in.occurred_at)) == in.occurred_at);
}

/// What simdjson takes for JSON, rapidjson takes for it, too, and reads the same words.
void checkSecondOpinion(std::string_view json, const IncomingPetition& in) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
    FUZZ_CHECK(!document.HasParseError() && document.IsObject());
    const bool given = document.HasMember("content") && document["content"].IsString();
    const rapidjson::Value& content = given ? document["content"] : document;
    FUZZ_CHECK(in.text == (given ? std::string{content.GetString(), content.GetStringLength()} : ""));
}

void checkWrittenAgain(IncomingPetition in) {
    in.attachments.clear();
    in.location.latitude.reset();  // Written as texts, so that they are looked at by whoever mends it.
    in.location.longitude.reset();
    const std::string written = engine::intakeJson(in, {});
    const Result<IncomingPetition> again = petitionFromJson(written);
    FUZZ_CHECK(again.ok() && isSame(*again, in));
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const bool multipart = input.flag();
    const std::string_view body = input.rest();
    const Request request{.body = padded(body),
                          .content_type = multipart ? "multipart/form-data; boundary=b" : "application/json"};
    const Result<IncomingPetition> petition = readPetition(request);
    if (!petition) {
        FUZZ_CHECK(findProblem(petition.error().problem) != nullptr);
        FUZZ_CHECK(petition.error().field.empty() || petition.error().field.front() == '/');
        return;
    }
    checkBounds(*petition);
    const Result<OperatorFields> fields = readOperatorFields(request);
    if (fields) FUZZ_CHECK(fields->call_id.size() <= 100);
    checkWrittenAgain(*petition);
    if (multipart) {
        FUZZ_CHECK(petition->attachments.size() <= 10 + kMostParts);
        return;
    }
    FUZZ_CHECK(petition->attachments.size() <= 10);
    checkSecondOpinion(body, *petition);
    // In a buffer with room behind it and in one without.
    std::string tight{body};
    tight.shrink_to_fit();
    const Result<IncomingPetition> same = readPetition({.body = tight, .content_type = "application/json"});
    FUZZ_CHECK(same.ok() && isSame(*same, *petition));
}

}  // namespace pakn::fuzz
