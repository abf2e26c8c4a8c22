#pragma once
/// @file
/// The option table. README.md shows it as it is; a test holds the two against each other.

#include "pakn/sdk/options.hpp"

namespace pakn::in_open311 {

inline constexpr Option kOptions[] = {
    {.name = "contact", .help = "Who helps with this interface, for people: an address, a number."},
    {.name = "key_service", .help = "How to get an API key, for people."},
    {.name = "api_keys",
     .type = OptionType::kSecret,
     .help = "One `NAME:KEY` in each line: the portals that may send reports. Without it nobody may.",
     .optional = true},
    {.name = "jurisdiction_id",
     .help = "The province's name in Open311. With it, a request that names another one is answered 404.",
     .optional = true},
    {.name = "services",
     .type = OptionType::kFile,
     .help = "What to say of categories: descriptions, groups, attributes. In a folder of its own: `*.yaml` beside the "
             "configuration would be taken for a part of it.",
     .optional = true},
    {.name = "public_reports",
     .type = OptionType::kFlag,
     .help = "Reports are public unless they say `attribute[public]=false`; else none is unless it says `true`.",
     .default_value = "false"},
    {.name = "consent",
     .type = OptionType::kFlag,
     .help = "Whoever reports over these portals has been told, and agrees, that handling uses who they are; else "
             "nobody sees it.",
     .default_value = "false"},
    {.name = "service_notice",
     .help = "What the answer to a report says.",
     .default_value = "Phản ánh đã được tiếp nhận và đang chờ phân công xử lý."},
    {.name = "bounds",
     .help = "Reports from outside are refused: `south,west,north,east` in degrees. Without it they are taken, and the "
             "hub marks those outside of its areas.",
     .optional = true},
    {.name = "times", .help = "Zone of dates in answers: `Z` or `+07:00`.", .default_value = "Z"},
    {.name = "name_order",
     .help = "How `first_name` and `last_name` make a name: `first-last` as FixMyStreet splits it, or `last-first`.",
     .default_value = "first-last"},
    {.name = "answered_status",
     .help = "Extended status of what is answered: `fixed` or `no_further_action`.",
     .default_value = "fixed"},
};

}  // namespace pakn::in_open311
