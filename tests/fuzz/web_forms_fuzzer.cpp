/// @file
/// What browsers send to the citizens' portal: forms in both encodings, cookies and addresses, times and numbers. What
/// is read out of a form is text within its limits; a draft gives the same form back; nothing of a request begins a
/// header.

#include "harness.hpp"
#include "plugins/in_web/form.hpp"
#include "plugins/in_web/proof.hpp"
#include "plugins/in_web/text.hpp"
#include "plugins/in_web/visit.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_web;

const Rules kRules{.identity = IdentityRule::kRequired, .required = {.title = true, .place = true}};

void checkForm(const FormBody& body) {
    for (const std::string_view name : {"title", "content", "token", "remove"})
        for (const std::string_view value : body.values(name))
            FUZZ_CHECK(value.size() <= kMostField && isUtf8(value) && value.find('\0') == std::string_view::npos);
    for (const SentFile* file : body.files("files")) {
        FUZZ_CHECK(!file->name.empty() && file->name.size() <= kMostFileName && isUtf8(file->name));
        FUZZ_CHECK(file->name.find_first_of("/\\\r\n") == std::string::npos);
    }
    const Form form = readForm(body);
    const std::string kept = writeForm(form);
    const std::optional<FormBody> again = FormBody::ofUrlEncoded(kept);
    // A field is at most so long when it comes; made plain it is no longer.
    FUZZ_CHECK(again && writeForm(readForm(*again)) == kept);
    const Instant now{std::chrono::seconds{1772758800}};
    for (const FieldError& error : mistakesIn(form, kRules, 0, now))
        FUZZ_CHECK(!error.field.empty() && error.problem.empty() != error.key.empty());
    const IncomingPetition petition = petitionOf(form, kRules, "web-1", "v");
    FUZZ_CHECK(!petition.emergency && isUtf8(petition.text) && isUtf8(petition.title));
    FUZZ_CHECK(petition.title.find('\n') == std::string::npos);
}

void checkRequest(std::string_view url, std::string_view cookies, std::string_view origin) {
    const HttpRequest request{
        .method = "POST",
        .url = std::string{url},
        .headers = {{"cookie", std::string{cookies}}, {"origin", std::string{origin}}, {"host", "paht.mau.example"}},
        .client = std::string{origin}};
    Visit visit{request, "https://paht.mau.example"};
    (void)visit.isOfThisSite();
    const std::string address = visit.inOtherLanguage();
    if (url.starts_with('/')) {
        const bool elsewhere = address.size() > 1 && (address[1] == '/' || address[1] == '\\');
        FUZZ_CHECK(address.starts_with('/') && !elsewhere);
    }
    (void)visit.browser();
    for (const std::string& cookie : visit.setCookies()) FUZZ_CHECK(cookie.find_first_of("\r\n") == std::string::npos);
}

void checkTexts(std::string_view text) {
    if (const std::optional<Instant> at = readTime(text)) FUZZ_CHECK(readTime(inputTime(*at)) == at);
    if (const std::optional<std::string> plain = decodePercent(text))
        FUZZ_CHECK(decodePercent(encodePercent(*plain)) == plain);
    FUZZ_CHECK(isText(text) == (isUtf8(text) && text.find('\0') == std::string_view::npos));
    if (isText(text)) {
        FUZZ_CHECK(isText(onOneLine(text)) && onOneLine(onOneLine(text)) == onOneLine(text));
        FUZZ_CHECK(isText(withPlainLines(text)) && isText(firstBytes(text, 7)) && firstBytes(text, 7).size() <= 7);
        FUZZ_CHECK(codePoints(text) <= text.size());
    }
    (void)isPhone(text);
    (void)readDegrees(text);
    FUZZ_CHECK(provenBits("token", text) <= 256);
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    switch (input.choice(4)) {
        case 0: {
            const Exact type{input.line()};
            const Exact body{input.rest()};
            if (const auto form = FormBody::of(type.view(), body.view())) checkForm(*form);
            break;
        }
        case 1: {
            const Exact body{input.rest()};
            if (const auto form = FormBody::ofUrlEncoded(body.view())) checkForm(*form);
            break;
        }
        case 2: {
            const std::string_view url = input.line();
            const std::string_view cookies = input.line();
            checkRequest(url, cookies, input.rest());
            break;
        }
        default:
            checkTexts(Exact{input.rest()}.view());
    }
}

}  // namespace pakn::fuzz
