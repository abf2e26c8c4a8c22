#include "core/reporting/report_row.hpp"

#include "core/domain/text.hpp"
#include "core/reporting/event_facts.hpp"

namespace pakn::reporting {

namespace {

std::string_view identityOf(const store::FollowedPetition& followed) {
    if (followed.anonymous) return "anonymous";
    if (!followed.identified) return "unidentified";
    return followed.names_itself ? "public" : "private";
}

/// Words of one field, and the end of it: no phrase goes from one field into the next.
void addWords(std::vector<std::string>& words, std::string_view text) {
    const std::string key = domain::fold(text);
    const std::size_t before = words.size();
    for (std::size_t at = 1; at < key.size();) {
        const std::size_t end = key.find(' ', at);
        words.push_back(key.substr(at, end - at));
        at = end + 1;
    }
    if (words.size() > before) words.emplace_back();
}

}  // namespace

store::ReportRow reportRow(const store::FollowedPetition& followed) {
    const domain::Petition& petition = followed.petition;
    EventFacts facts = factsOf(followed.events);
    store::ReportRow row{.doc = followed.doc,
                         .petition_id = petition.id,
                         .channel = petition.channel,
                         .category = petition.category,
                         .unit = petition.unit,
                         .area = petition.location.area,
                         .complained_unit = petition.complained_unit,
                         .status = std::string{nameOf(petition.status)},
                         .identity = std::string{identityOf(followed)},
                         .rating = std::move(facts.rating),
                         .rating_unit = std::move(facts.rating_unit),
                         .sender = followed.anonymous ? std::string{} : followed.sender,
                         .received_at = petition.received_at,
                         .due_at = petition.currentDue(),
                         .finished = petition.finished_at.has_value(),
                         .shown = shownToEverybody(petition),
                         .changed_at = followed.changed_at,
                         .tags = petition.tags,
                         .moves = std::move(facts.moves),
                         .units = petition.parties};
    // Of a finished petition it does not depend on the hour.
    row.progress = row.finished ? nameOf(progressOf(petition, *petition.finished_at)) : "open";
    for (const std::string& text : {petition.code, petition.title, petition.content, petition.location.address})
        addWords(row.words, text);
    if (petition.released) addWords(row.words, petition.released->text);
    return row;
}

}  // namespace pakn::reporting
