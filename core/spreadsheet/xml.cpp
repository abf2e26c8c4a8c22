#include "core/spreadsheet/xml.hpp"

#include <expat.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>

namespace pakn::spreadsheet {
namespace {

constexpr int kMostDepth = 64;
constexpr int kMostAttributes = 100;
constexpr std::size_t kPiece = 64U << 10U;
constexpr std::size_t kMostTag = 1U << 20U;  ///< Bytes: expat keeps a tag until it has all of it.

struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

Error wrong(std::string what) { return {.code = Errc::kInvalid, .message = "the workbook " + std::move(what)}; }

/// What expat's callbacks know.
struct Reading {
    XML_Parser parser;
    XmlHandler& handler;
    int depth = 0;
    std::exception_ptr thrown = {};

    void stop(Error error) {
        if (handler.outcome) handler.outcome = std::move(error);
        XML_StopParser(parser, XML_FALSE);
    }
    /// What a handler throws must not pass through expat, which is C.
    template <class Call>
    void perform(Call call) {
        if (!handler.outcome || thrown) return;
        try {
            call();
        } catch (...) {
            thrown = std::current_exception();
        }
        if (!handler.outcome || thrown) XML_StopParser(parser, XML_FALSE);
    }
};

Reading& readingOf(void* data) { return *static_cast<Reading*>(data); }

std::string_view localName(const char* name) {
    const std::string_view whole{name};
    return whole.substr(whole.rfind(':') + 1);  // npos + 1 is 0.
}

void onBegin(void* data, const char* name, const char** attributes) {
    Reading& reading = readingOf(data);
    reading.perform([&] {
        if (++reading.depth > kMostDepth) return reading.stop(wrong("is nested too deep"));
        XmlAttributes named;
        for (std::size_t count = 0; attributes[2 * count] != nullptr; ++count)
            if (count >= kMostAttributes) return reading.stop(wrong("has a tag with too many attributes"));
        for (; *attributes != nullptr; attributes += 2) named.emplace(localName(attributes[0]), attributes[1]);
        reading.handler.begin(localName(name), named);
    });
}

void onEnd(void* data, const char* name) {
    Reading& reading = readingOf(data);
    reading.perform([&] {
        --reading.depth;
        reading.handler.end(localName(name));
    });
}

void onText(void* data, const char* text, int length) {
    Reading& reading = readingOf(data);
    reading.perform([&] { reading.handler.text({text, static_cast<std::size_t>(length)}); });
}

void onDocumentType(void* data, const char*, const char*, const char*, int) {
    Reading& reading = readingOf(data);
    reading.perform([&] { reading.stop(wrong("has a document type, which no workbook needs")); });
}

}  // namespace

Status readXml(std::string_view text, XmlHandler& handler) {
    const std::unique_ptr<XML_ParserStruct, Free> parser{XML_ParserCreate(nullptr)};
    if (parser == nullptr) throw std::bad_alloc{};
    Reading reading{.parser = parser.get(), .handler = handler};
    XML_SetUserData(parser.get(), &reading);
    XML_SetElementHandler(parser.get(), &onBegin, &onEnd);
    XML_SetCharacterDataHandler(parser.get(), &onText);
    XML_SetStartDoctypeDeclHandler(parser.get(), &onDocumentType);
    std::size_t fed = 0;
    for (bool last = false; !last;) {
        const std::string_view piece = text.substr(0, kPiece);
        text.remove_prefix(piece.size());
        last = text.empty();
        const XML_Status status =
            XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), last ? XML_TRUE : XML_FALSE);
        if (reading.thrown) std::rethrow_exception(reading.thrown);
        if (!handler.outcome) return handler.outcome;
        fed += piece.size();
        const XML_Index reached = XML_GetCurrentByteIndex(parser.get());
        if (reached >= 0 && fed > static_cast<std::size_t>(reached) + kMostTag) return wrong("has an endless tag");
        if (status != XML_STATUS_OK && XML_GetErrorCode(parser.get()) == XML_ERROR_NO_MEMORY) throw std::bad_alloc{};
        if (status != XML_STATUS_OK)
            return wrong("holds XML that is not well-formed, line " +
                         std::to_string(XML_GetCurrentLineNumber(parser.get())));
    }
    return Done{};
}

}  // namespace pakn::spreadsheet
