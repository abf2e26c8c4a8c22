#include "core/config/intake_tables.hpp"

#include <algorithm>

namespace pakn::config {

namespace {

constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;

void checkFileSize(Reader& reader, const Node& node, const std::size_t& bytes) {
    if (bytes < (1U << 10U) || bytes > (64U << 20U)) reader.error(node.mark, "a size from 1KB to 64MB is wanted here");
}

void checkCodeText(Reader& reader, const Node& node, const std::string& text) {
    if (text.find("{code}") == std::string::npos)
        reader.error(node.mark, "a text without the code", "write {code} where it has to stand");
    if (text.size() > 300) reader.error(node.mark, "a text of more than 300 bytes", "shorten it");
}

/// The path of a socket, or host:port.
void checkScanner(Reader& reader, const Node& node, const std::string& socket) {
    if (socket.starts_with('/') && socket.size() > 1 && socket.size() < 108) return;
    const std::size_t colon = socket.rfind(':');
    const std::string_view port =
        colon == std::string::npos ? std::string_view{} : std::string_view{socket}.substr(colon + 1);
    const bool number = !port.empty() && port.size() <= 5 &&
                        std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool host = colon != std::string::npos && colon > 0 && socket.find('/') == std::string::npos;
    if (number && host && std::stoi(std::string{port}) > 0 && std::stoi(std::string{port}) < 65536) return;
    reader.error(node.mark, inQuotes(socket) + " is no socket of clamd",
                 "write its path, /run/clamav/clamd.ctl, or host:port");
}

}  // namespace

template <>
std::span<const Key<FileLimits>> keysOf<FileLimits>() {
    using Bytes = Checked<Size, &checkFileSize>;
    static constexpr Key<FileLimits> kKeys[] = {
        key<&FileLimits::document, Bytes>("document", kOptional, "The most of a photo, PDF or text. Default 15MB."),
        key<&FileLimits::recording, Bytes>("recording", kOptional, "The most of a sound or a film. Default 15MB."),
    };
    return kKeys;
}

template <>
std::span<const Key<VirusScan>> keysOf<VirusScan>() {
    static constexpr Key<VirusScan> kKeys[] = {
        key<&VirusScan::socket, Checked<Text, &checkScanner>>(
            "socket", kRequired, "Where clamd listens: the path of its socket, or host:port."),
        key<&VirusScan::fail, Choice<ScanFailure, kScanFailures>>(
            "fail", kOptional,
            "While clamd does not answer: `pending` keeps a file and shows it to nobody before it has been looked at, "
            "`accept` takes it as it is. Default pending."),
    };
    return kKeys;
}

template <>
std::span<const Key<IntakeSection>> keysOf<IntakeSection>() {
    static constexpr Key<IntakeSection> kKeys[] = {
        key<&IntakeSection::back_dated, CalendarLimit>(
            "back_dated", kOptional,
            "How long ago a paper, or what came over the counter, may have come in when an operator writes it down. "
            "Default 30d."),
        key<&IntakeSection::outside, Choice<OutsideRule, kOutsideRules>>(
            "outside", kOptional,
            "A point outside all areas: officers are told, or whoever sends it directly is refused. Default accept."),
        key<&IntakeSection::files, Section<FileLimits>>("files", kOptional, "How large files may be."),
        key<&IntakeSection::max_pages, Integer<1, 100000>>("max_pages", kOptional,
                                                           "The most pages of a PDF. Default 500."),
        key<&IntakeSection::virus_scan, Section<VirusScan>>(
            "virus_scan", kOptional, "A clamd that looks at every file before it is taken. Default none."),
    };
    return kKeys;
}

template <>
std::span<const Key<OneTimeCodesSection>> keysOf<OneTimeCodesSection>() {
    using Section = OneTimeCodesSection;
    constexpr std::int64_t kMinute = 60'000;
    constexpr std::int64_t kDay = 24 * 60 * kMinute;
    static constexpr Key<Section> kKeys[] = {
        key<&Section::phone, WithMark<Reference<Kind::kConnector>>>(
            "phone", kOptional, "The connector that sends codes to telephone numbers. Default none."),
        key<&Section::email, WithMark<Reference<Kind::kConnector>>>(
            "email", kOptional, "The connector that sends codes to e-mail addresses. Default none."),
        key<&Section::text, Checked<Text, &checkCodeText>>(
            "text", kOptional,
            "What is sent, {code} and {minutes} in it. Default a text without accents, which fits into one message."),
        key<&Section::valid, Milliseconds<kMinute, 60 * kMinute>>("valid", kOptional,
                                                                  "How long a code is good. Default 5m."),
        key<&Section::session, Milliseconds<60 * kMinute, 400 * kDay>>(
            "session", kOptional, "How long whoever signed in by a code stays so. Default 30d."),
    };
    return kKeys;
}

template <>
std::span<const Key<PlacesSection>> keysOf<PlacesSection>() {
    static constexpr Key<PlacesSection> kKeys[] = {
        key<&PlacesSection::polygons, WithMark<Path>>(
            "polygons", kOptional, "GeoJSON file with the outlines of areas; `paknhub areas import` writes it."),
    };
    return kKeys;
}

}  // namespace pakn::config
