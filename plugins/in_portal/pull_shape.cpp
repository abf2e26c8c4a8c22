/// @file
/// The section `pull` of a mapping.

#include "pull.hpp"
#include "text.hpp"

namespace pakn::in_portal {
namespace {

void readPaging(Section& pull, PullShape& shape) {
    Section paging{pull.take("paging"), pull.mistakes()};
    const std::string kind = paging.word("kind", {"none", "page", "offset", "cursor", "link"});
    if (kind == "page") shape.paging = PullShape::Paging::kPage;
    if (kind == "offset") shape.paging = PullShape::Paging::kOffset;
    if (kind == "cursor") shape.paging = PullShape::Paging::kCursor;
    if (kind == "link") shape.paging = PullShape::Paging::kLink;
    const bool needs_parameter = kind == "page" || kind == "offset" || kind == "cursor";
    shape.page_parameter = needs_parameter ? paging.needText("parameter") : paging.text("parameter");
    shape.first_page = paging.number("first", kind == "page" ? 1 : 0, 0, 1000);
    shape.size_parameter = paging.text("size_parameter");
    shape.size = paging.number("size", 100, 1, 10000);
    if (const Node* next = paging.take("next"))
        shape.next = readPlace(*next, pull.mistakes());
    else if (kind == "cursor")
        pull.mistakes().add(paging.mark(), "the key \"next\" is missing",
                            "where the next page's cursor stands: /meta/next");
    if (const Node* more = paging.take("more")) shape.more = readPlace(*more, pull.mistakes());
}

void readSince(Section& pull, const Defaults& defaults, PullShape& shape) {
    const Node* const node = pull.take("since");
    Mistakes& mistakes = pull.mistakes();
    Section since{node, mistakes};
    if (node == nullptr) return;
    shape.since_parameter = since.needText("parameter");
    shape.since_format = since.text("format", "iso");
    if (shape.since_format == "excel" || formatProblem(shape.since_format))
        mistakes.add(since.mark(), inQuotes(shape.since_format) + " is no format for a parameter",
                     "iso, epoch, epoch_ms, or a pattern like %d/%m/%Y %H:%M:%S");
    if (const Node* changed = since.take("from")) {
        shape.changed = readSource(*changed, defaults, mistakes);
        shape.changed->required = false;
    }
    const std::string overlap = since.text("overlap", "10m");
    if (const auto duration = parseDuration(overlap))
        shape.overlap = *duration;
    else
        mistakes.add(since.mark(), inQuotes(overlap) + " is no duration", "like 90s, 10m, 8h, 2d");
    if (const Node* initial = since.take("initial")) {
        shape.initial = parseDate(initial->text, defaults.dates);
        if (!shape.initial) shape.initial = parseDate(initial->text, {});
        if (!shape.initial) mistakes.add(initial->mark, inQuotes(initial->text) + " is no date", "like 2026-01-01");
    }
}

}  // namespace

PullShape readPullShape(const Node* node, const Defaults& defaults, Mistakes& mistakes) {
    PullShape shape;
    Section pull{node, mistakes};
    if (const Node* query = pull.take("query")) {
        for (const Entry& entry : query->entries) {
            if (namesASecret(entry.key))
                mistakes.add(entry.mark, "a secret stands neither in this file nor in an address",
                             "let the portal take it as a header: auth and auth_secret of the connector");
            else if (entry.value.kind == Node::Kind::kScalar)
                shape.query.emplace_back(entry.key, entry.value.text);
            else
                mistakes.add(entry.value.mark, "a parameter is one text");
        }
        if (query->kind != Node::Kind::kMap) mistakes.add(query->mark, "query is names and values");
    }
    readPaging(pull, shape);
    readSince(pull, defaults, shape);
    return shape;
}

}  // namespace pakn::in_portal
