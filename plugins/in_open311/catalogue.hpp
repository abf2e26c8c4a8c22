#pragma once
/// @file
/// What can be reported: the hub's categories as services of Open311, with what a file of the province says of each.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/records.hpp"
#include "pakn/sdk/settings_check.hpp"
#include "tree.hpp"

namespace pakn::in_open311 {

enum class DataType : std::uint8_t { kString, kNumber, kDateTime, kText, kSingleValueList, kMultiValueList };
inline bool isList(DataType type) { return type == DataType::kSingleValueList || type == DataType::kMultiValueList; }

struct Choice {
    std::string key = {};
    std::string name = {};
};

/// A further question about a report of a service.
struct Question {
    std::string code = {};
    DataType type = DataType::kString;
    bool required = false;
    bool variable = true;  ///< False: a text to read, nothing to answer.
    std::string type_description = {};
    std::string description = {};
    std::string automated = {};  ///< "server_set", "hidden_field" (open311-adapter), or empty.
    std::vector<Choice> choices = {};
};

/// How a portal learns the id of what it sent.
enum class ServiceType : std::uint8_t { kRealtime, kBatch, kBlackbox };

struct Service {
    std::string code = {};
    std::string name = {};
    std::string description = {};
    std::string keywords = {};  ///< Separated by commas.
    std::string group = {};
    ServiceType type = ServiceType::kRealtime;
    bool offered = true;  ///< False: not a service, although a category.
    std::vector<Question> questions = {};
};

/// What a file says of categories: by code; name and code are empty.
using ServiceNotes = std::map<std::string, Service, std::less<>>;

/// Reads such a file (YAML, and so JSON, too). What is wrong with it is added to `mistakes`, at its place.
ServiceNotes readServiceNotes(const std::string& path, std::vector<SettingsMistake>& mistakes);

/// The services, in the hub's order. A category whose id cannot stand in an address is none.
std::vector<Service> servicesOf(const std::vector<PublicName>& categories, const ServiceNotes& notes);

/// Null when there is none.
const Service* findService(const std::vector<Service>& services, std::string_view code);

Tree listOfServices(const std::vector<Service>& services);
Tree definitionOf(const Service& service);

}  // namespace pakn::in_open311
