#pragma once
/// @file
/// Where a petition's values come from, and what its sender agreed to, as officers see it.

#include "core/domain/petition.hpp"
#include "core/http/json.hpp"
#include "core/store/store.hpp"

namespace pakn::http {

/// `provenance`: field to source, never a value; null where nothing is known of it. Of a sender who is hidden from
/// everybody it does not even say which of their data there are.
void writeProvenance(JsonWriter& json, const domain::Petition& petition, const store::Person* person);

/// `consents`: each that was given, through whom, when, over which channel, to which version of the text, and where
/// that can be looked up.
void writeConsentRecords(JsonWriter& json, const store::Person* person);

/// Of a citizen id that is to be shown: its kind, and what was probably meant where it is none.
void writeCitizenIdKind(JsonWriter& json, const Petitioner& who);

}  // namespace pakn::http
