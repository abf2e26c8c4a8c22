#pragma once
/// @file
/// The intake request: JSON, or multipart with the same JSON and files beside it.

#include "core/http/exchange.hpp"
#include "core/http/json_reader.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn::http {

/// Form and types only; meaning (lengths, phone, file types) is the hub's to check. Errors carry the field's JSON
/// pointer: "request.*", "petition.text_invalid", "petition.field_invalid", "petition.too_many_attachments",
/// "attachment.base64_invalid".
Result<IncomingPetition> readPetition(const Request& request);

/// What only operators may say of a petition they write down for somebody.
struct OperatorFields {
    std::string channel = {};  ///< hotline1022, counter, paper; empty: as anybody.
    std::string call_id = {};
    std::optional<Instant> received_at = {};  ///< Of a paper that is written down later.
};
/// Of the same body as readPetition(), which has accepted it. "petition.field_invalid", "petition.field_too_long".
Result<OperatorFields> readOperatorFields(const Request& request);

/// A body of JSON or of multipart with the JSON in part `json_part`: the JSON, and the files of the parts
/// `attachments`.
struct JsonAndFiles {
    std::string json;
    std::vector<Attachment> files;
};
/// For multipart only. Errors: "request.multipart_malformed", "request.part_unknown", "request.field_missing".
Result<JsonAndFiles> splitJsonAndFiles(const Request& request, std::string_view json_part);

/// The array `attachments` of a JSON body.
Status readAttachments(std::vector<Attachment>& target, json::Element value, const json::Most& most);

}  // namespace pakn::http
