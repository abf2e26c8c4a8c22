#pragma once
/// @file
/// The field mapping: how an item of a portal becomes a petition. Pure: reads a text once, then only computes.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pakn/sdk/petition.hpp"
#include "source.hpp"

namespace pakn::in_portal {

/// A file that a petition brings along, before it is there.
struct WantedFile {
    std::string url = {};   ///< To be fetched; else
    std::string data = {};  ///< the bytes themselves.
    std::string name = {};
    std::string content_type = {};
};

struct MappedItem {
    IncomingPetition petition = {};
    std::vector<WantedFile> files = {};
};

/// Files of an item: one, or one for each element of a list. Sources are places in the element.
struct FileSource {
    bool in_list = false;
    Place list = {};
    Source url = {};
    Source data = {};  ///< Base64.
    Source name = {};
    Source content_type = {};
};

/// One field of a petition that a mapping may fill; see fieldTable().
struct Field;

/// Constant data; safe from any thread.
struct Mapping {
    Defaults defaults = {};
    Place items = {};  ///< Where the list stands in a document; the document itself if empty.
    std::vector<std::pair<const Field*, Source>> fields = {};
    std::vector<std::pair<std::string, Source>> attributes = {};
    std::vector<FileSource> files = {};
};

/// Reads `items`, `fields`, `attachments`, `dates` and `zone` of a mapping file's top level.
Mapping readMapping(Section& top);

/// Names of columns that fields, attributes and files look at; of places that are no names of columns: none.
struct Columns {
    std::vector<std::string> known = {};
    std::vector<std::string> needed = {};  ///< Without which no row can become a petition.
};
Columns columnsOf(const Mapping& mapping);

/// The petition of an item. Its first mistake: kInvalid with `problem` as in source.hpp (besides "portal.not_object",
/// "portal.base64"), `field` the JSON pointer of the petition's field, and the place in the item in the text.
Result<MappedItem> mapItem(const Mapping& mapping, const Json& item);

/// The external id alone: of an item that cannot be mapped. Empty when even that is not there.
std::string externalIdOf(const Mapping& mapping, const Json& item);

/// Whether the item says which one it is: a text that the mapping makes of nothing is no id.
bool hasOwnId(const Mapping& mapping, const Json& item);

/// What stands where a document's items are: a list, or one object. Null when nothing does.
const Json* placeOfItems(const Mapping& mapping, const Json& document);

/// The items of a document: the elements of the list at `mapping.items`, or the one object there. kInvalid
/// "portal.items" when there is neither.
Result<std::vector<const Json*>> itemsOf(const Mapping& mapping, const Json& document);

}  // namespace pakn::in_portal
