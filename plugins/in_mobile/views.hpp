#pragma once
/// @file
/// What the API answers with: JSON of petitions, files, people, uploads.

#include <bounded_json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/host.hpp"
#include "uploads.hpp"

namespace pakn::in_mobile {

using bounded_json::JsonBuffer;
using bounded_json::JsonWriter;

/// A JSON object under way. Texts that are empty are null: the app tells "nothing" from "" nowhere.
class Answer {
public:
    Answer() { json_.StartObject(); }

    void text(std::string_view name, std::string_view value);  ///< Null when it is empty.
    void number(std::string_view name, std::int64_t value);
    void degrees(std::string_view name, const std::optional<double>& value);
    void flag(std::string_view name, bool value);
    void instant(std::string_view name, const std::optional<Instant>& at);
    void label(std::string_view name, const PublicLabel& label);
    void names(std::string_view name, const std::vector<PublicName>& all);
    void texts(std::string_view name, const std::vector<std::string>& all);
    void null(std::string_view name);
    void begin(std::string_view name);  ///< A member object; end() closes it.
    void beginList(std::string_view name);
    void item();  ///< An object in a list; end() closes it.
    void end() { json_.EndObject(); }
    void endList() { json_.EndArray(); }

    /// The whole: its last object is closed.
    [[nodiscard]] HttpResponse response(int status = 200);

private:
    JsonBuffer buffer_;
    JsonWriter json_{buffer_};
};

/// How much of a petition.
enum class Shown : std::uint8_t { kInList, kWhole };

/// The members of a petition into the object that is open.
void writePetition(Answer& answer, const PublicPetition& petition, Shown shown);
void writeCitizen(Answer& answer, const PublicCitizen& citizen);
void writeUpload(Answer& answer, const Upload& upload);

/// The instant that an attribute names in milliseconds since 1970 (kChangedAt, "question_at"), if the hub said so.
std::optional<Instant> instantIn(const PublicPetition& petition, std::string_view name);

/// 204.
HttpResponse done();
/// A file: its bytes as an attachment, called as it was.
HttpResponse fileResponse(const PublicFile& file, Content content);

}  // namespace pakn::in_mobile
