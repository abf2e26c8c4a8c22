#include "core/config/delivery_tables.hpp"

#include <algorithm>

#include "core/config/codecs.hpp"

namespace pakn::config {

namespace {

constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;

// What can cause a delivery: everything that happens to a petition, but not what happens to deliveries themselves.
constexpr std::size_t kOccasionCount = static_cast<std::size_t>(domain::EventKind::kDeliveryQueued);
constexpr std::array<std::string_view, kOccasionCount> kOccasions = [] {
    std::array<std::string_view, kOccasionCount> names{};
    std::copy_n(domain::kEventKindNames.begin(), kOccasionCount, names.begin());
    return names;
}();
static_assert(kOccasions.back() == "unit_transferred");

void checkSignature(Reader& reader, const Node& node, const bool& wanted) {
    if (wanted) warnNotInEffect(reader, node.mark);
}

/// The name of a connector, or the word for the way back.
struct DeliveryTarget {
    static Shape shape() { return scalarShape("connector or reply"); }
    static void read(Reader& reader, const Node& node, std::string& into) {
        Reference<Kind::kConnector>::read(reader, node, into);
    }
};

}  // namespace

void checkDelivery(Reader& reader, const Node& node, const DeliverySection& delivery) {
    if (delivery.kind == domain::DeliveryKind::kResult && delivery.on != domain::EventKind::kReleased)
        reader.error(node.find("kind")->value.mark, "a result leaves only when it is released",
                     "write on: released, or another kind");
    if (delivery.kind == domain::DeliveryKind::kNotice)
        reader.error(node.find("kind")->value.mark, "a notice has words and a reader, which a delivery does not say",
                     "write it under `notices`");
}

void markRule(Reader&, const Node& node, NoticeRuleSection& rule) { rule.mark = node.mark; }

template <>
std::span<const Key<DeliveryFilter>> keysOf<DeliveryFilter>() {
    static constexpr Key<DeliveryFilter> kKeys[] = {
        key<&DeliveryFilter::channel, OneOrMore<Reference<Kind::kChannel>>>("channel", kOptional,
                                                                            "Any of these channels."),
        key<&DeliveryFilter::origin, OneOrMore<Reference<Kind::kOrigin>>>(
            "origin", kOptional, "Forwarded by any of these systems: the connectors their petitions come by."),
        key<&DeliveryFilter::needs_signature, Also<Flag, &checkSignature>>(
            "needs_signature", kOptional, "Only when the result has to be signed. Default false."),
    };
    return kKeys;
}

template <>
std::span<const Key<DeliverySection>> keysOf<DeliverySection>() {
    static constexpr Key<DeliverySection> kKeys[] = {
        key<&DeliverySection::on, Choice<domain::EventKind, kOccasions>>("on", kRequired, "What has to happen."),
        key<&DeliverySection::to, WithMark<DeliveryTarget>>(
            "to", kRequired, "The connector it leaves by; `reply`: back to the sender, by the ways of `replies`."),
        key<&DeliverySection::kind, Choice<domain::DeliveryKind, domain::kDeliveryKindNames>>(
            "kind", kOptional,
            "What leaves. Default result on released, else status_update; result is for released alone."),
        key<&DeliverySection::when, Section<DeliveryFilter>>("when", kOptional, "Only these petitions."),
    };
    return kKeys;
}

template <>
std::span<const Key<ReplyWaySection>> keysOf<ReplyWaySection>() {
    static constexpr Key<ReplyWaySection> kKeys[] = {
        key<&ReplyWaySection::to, WithMark<Reference<Kind::kConnector>>>("to", kRequired, "The connector."),
        key<&ReplyWaySection::way, WithMark<Name>>("way", kOptional,
                                                   "Which of its own ways, where its plugin has several."),
        key<&ReplyWaySection::within, CalendarLimit>("within", kOptional,
                                                     "Only so long after the sender last wrote: 7d. Default: always."),
        key<&ReplyWaySection::try_for, CalendarLimit>(
            "try_for", kOptional,
            "When it cannot be had for so long, the next way. Default: the connector's limits.retry_for."),
    };
    return kKeys;
}

template <>
std::span<const Key<ReplySection>> keysOf<ReplySection>() {
    static constexpr Key<ReplySection> kKeys[] = {
        key<&ReplySection::channel, OneOrMore<Reference<Kind::kChannel>>>("channel", kOptional,
                                                                          "Any of these channels. Default all."),
        key<&ReplySection::by, List<Section<ReplyWaySection>>>(
            "by", kRequired,
            "In the order they are tried. Behind one that cannot tell whether it was seen (push), an answer takes the "
            "next, too."),
    };
    return kKeys;
}

template <>
std::span<const Key<TemplatesSection>> keysOf<TemplatesSection>() {
    static constexpr Key<TemplatesSection> kKeys[] = {
        key<&TemplatesSection::letter, WithMark<Path>>("letter", kOptional,
                                                       "Official letter: Mustache over Pango markup."),
        key<&TemplatesSection::notices, OneOrMore<WithMark<Path>>>(
            "notices", kOptional, "Files with the texts of `notices`; a later one's text of the same id holds."),
        key<&TemplatesSection::texts, OneOrMore<WithMark<Path>>>(
            "texts", kOptional, "Files with texts that officers pick, as for refusals."),
    };
    return kKeys;
}

template <>
std::span<const Key<NoticeFilter>> keysOf<NoticeFilter>() {
    static constexpr Key<NoticeFilter> kKeys[] = {
        key<&NoticeFilter::channel, OneOrMore<Reference<Kind::kChannel>>>("channel", kOptional,
                                                                          "Any of these channels."),
    };
    return kKeys;
}

template <>
std::span<const Key<NoticeRuleSection>> keysOf<NoticeRuleSection>() {
    using Rule = NoticeRuleSection;
    static constexpr Key<Rule> kKeys[] = {
        key<&Rule::on, OneOrMore<Choice<domain::EventKind, kOccasions>>>("on", kRequired, "Any of this has to happen."),
        key<&Rule::audience, Choice<domain::Audience, domain::kAudienceNames>>(
            "for", kRequired,
            "Who is told: the sender, whoever has to act next, the leaders of the unit that has it, the Centre."),
        key<&Rule::notice, WithMark<Text>>("notice", kRequired,
                                           "The text, by its id in one of the files under templates.notices."),
        key<&Rule::to, OneOrMore<WithMark<DeliveryTarget>>>(
            "to", kOptional,
            "Connectors it leaves by; `reply`, for the sender alone: by the ways of `replies`. Officers read it in the "
            "hub, too. Default none."),
        key<&Rule::when, Section<NoticeFilter>>("when", kOptional, "Only these petitions."),
        key<&Rule::sending, Choice<domain::NoticeSending, domain::kNoticeSendingNames>>(
            "send", kOptional,
            "Unless whoever acts says no (`usually`), always, or only when they ask for it. Default usually."),
        key<&Rule::language, Choice<domain::Language, domain::kLanguageNames>>("language", kOptional, "Default vi."),
    };
    return kKeys;
}

}  // namespace pakn::config
