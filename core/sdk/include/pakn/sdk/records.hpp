#pragma once
/// @file
/// What citizens may see of petitions, for plugins that show it: web pages, a mobile app, other portals. All of it has
/// passed the disclosure rules; there is nothing in these structs that must not be shown.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/petition.hpp"

namespace pakn {
inline namespace sdk1 {

/// A text in both languages of the hub.
struct PublicLabel {
    std::string vi = {};
    std::string en = {};
};

/// A file of a petition or of its answer.
struct PublicFile {
    std::string sha256 = {};  ///< Its address.
    std::string name = {};
    std::string content_type = {};  ///< By content.
    std::int64_t size = 0;          ///< Bytes.
};

struct PublicStep {
    Instant at = {};
    std::string status = {};
    PublicLabel label = {};
    std::string unit_name = {};  ///< Who it was given to.
    std::string reason = {};     ///< Why it was not taken on.
};

struct PublicAnswer {
    std::string text = {};
    std::vector<PublicFile> files = {};
    Instant at = {};
};

/// A petition as its sender sees it, or as everybody does. No officers, no petitioner.
struct PublicPetition {
    std::string code = {};
    std::string title = {};
    std::string content = {};  ///< Only in the view of everybody, where the petition is public.
    std::string status = {};
    PublicLabel status_label = {};
    std::string category = {};
    std::string category_name = {};
    std::string area = {};
    std::string unit_name = {};
    std::string address = {};             ///< As the sender wrote it.
    std::optional<double> latitude = {};  ///< Of the place, rounded to about a hundred metres for everybody.
    std::optional<double> longitude = {};
    Instant received_at = {};
    std::optional<Instant> due_at = {};
    std::optional<Instant> finished_at = {};
    std::vector<PublicStep> steps = {};
    std::vector<PublicFile> attachments = {};  ///< The sender's own; nobody else sees them.
    std::optional<PublicAnswer> answer = {};
    Attributes attributes = {};
};

struct PublicFilter {
    std::string category = {};
    std::string area = {};
    std::string status = {};
    std::optional<Instant> from = {};  ///< Received at or after.
    std::optional<Instant> to = {};    ///< Received before.
    std::string after = {};            ///< Cursor of the last page; empty for the first.
    int limit = 20;                    ///< 1-100.
};

struct PublicPage {
    std::vector<PublicPetition> items = {};  ///< Without steps.
    std::string next = {};                   ///< Cursor of the next page; empty: this is the last.
};

/// Which public petitions; everything that is set must hold. Since SDK 1.5.
struct PublicSearch {
    std::vector<std::string> codes = {};       ///< One of these; at most 1000.
    std::vector<std::string> categories = {};  ///< One of these.
    std::string area = {};
    std::optional<bool> finished = {};         ///< True: over, however it ended.
    bool answered_only = false;                ///< Only those whose answer is out.
    bool steps = false;                        ///< With PublicPetition::steps.
    std::optional<Instant> from = {};          ///< Received at or after.
    std::optional<Instant> to = {};            ///< Received at or before.
    std::optional<Instant> changed_from = {};  ///< Changed last at or after.
    std::optional<Instant> changed_to = {};    ///< Changed last at or before.
    std::string after = {};                    ///< Cursor of the last page; empty for the first.
    int limit = 20;                            ///< 1-1000.
};

/// Attribute of a PublicPetition that search() gives: when it changed last, in milliseconds since 1970. Since SDK 1.5.
inline constexpr std::string_view kChangedAt = "changed_at";

/// Attribute of a PublicPetition: the day that its unit has named for it, in milliseconds since 1970, while it stands.
/// Since SDK 1.5.
inline constexpr std::string_view kAppointedAt = "appointed_at";

struct PublicName {
    std::string id = {};
    std::string name = {};
};

struct PublicStatistics {
    std::int64_t received = 0;
    std::int64_t open = 0;
    std::int64_t answered = 0;
    std::int64_t on_time = 0;  ///< Of those answered.
    std::int64_t late = 0;     ///< Of those answered.
    Instant as_of = {};
};

/// A citizen who is signed in here, as the provider vouched. Personal data of that person, shown to nobody else.
struct PublicCitizen {
    std::string issuer = {};   ///< As in Identity: who vouches.
    std::string subject = {};  ///< As in Identity: of the person at the issuer.
    std::string name = {};
    std::string phone = {};
    std::string email = {};
    std::string citizen_id = {};
    Attributes attributes = {};
};

/// The header of a request to Receiver::handle that says which citizen is signed in: what citizen() takes. The hub
/// alone sets it, no sender can. Since SDK 1.3.
inline constexpr std::string_view kCitizenHeader = "pakn-citizen";

/// Safe from any thread. Errors of every call: kUnavailable, kInternal.
class PublicRecords {
public:
    virtual ~PublicRecords() = default;

    /// The sender's view. kNotFound for a wrong secret and for an unknown code alike.
    virtual Result<PublicPetition> track(std::string_view code, std::string_view secret) = 0;
    /// A file of that view. kNotFound.
    virtual Result<Content> file(std::string_view code, std::string_view secret, std::string_view sha256) = 0;

    /// Everybody's view: petitions whose sender agreed to publication and whose answer is out, in the hub's
    /// order. A page may hold fewer than asked for, even none, while there is a next one.
    virtual Result<PublicPage> list(const PublicFilter& filter) = 0;
    /// One of them. kNotFound.
    virtual Result<PublicPetition> show(std::string_view code) = 0;
    /// A file of its answer. kNotFound.
    virtual Result<Content> answerFile(std::string_view code, std::string_view sha256) = 0;

    virtual Result<std::vector<PublicName>> categories() = 0;
    /// Areas that the hub's routes know.
    virtual Result<std::vector<PublicName>> areas() = 0;
    /// Of the whole hub; may be a few minutes old.
    virtual Result<PublicStatistics> statistics() = 0;

    /// Whose session a request belongs to; `session` is the value of its kCitizenHeader. kUnauthenticated: nobody's, or
    /// it is over. Since SDK 1.3.
    virtual Result<PublicCitizen> citizen(std::string_view session) = 0;

    /// Everybody's view of petitions whose sender agreed to publication, the newest first, those without an answer
    /// among them: they have no title, no content and no place but their area and the rounded point, as nobody has read
    /// them for what must not be shown. A page is full while there is a next one. What was committed within the last
    /// second or so may be missing. kInvalid: a cursor that is none. Since SDK 1.5.
    virtual Result<PublicPage> search(const PublicSearch& wanted) = 0;
    /// What people read of a problem (Error::problem), in both languages; of an unknown one, that something is wrong.
    /// Since SDK 1.5.
    virtual Result<PublicLabel> problem(std::string_view id) = 0;
};

}  // namespace sdk1
}  // namespace pakn
