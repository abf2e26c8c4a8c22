#pragma once
/// @file
/// The option table. README.md shows it as it is; a test holds the two against each other.

#include "pakn/sdk/options.hpp"

namespace pakn::in_web {

inline constexpr Option kOptions[] = {
    // What the pages say.
    {.name = "site_name", .help = "Name of the portal on every page.", .default_value = "Cổng phản ánh, kiến nghị"},
    {.name = "site_name_en", .help = "The same on English pages.", .default_value = "Citizen reports portal"},
    {.name = "hotline", .help = "Number that is shown for urgent matters and for help.", .default_value = "1022"},
    {.name = "footer",
     .help = "A line at the end of every page: who runs the portal, how to reach them.",
     .optional = true},
    {.name = "banner", .help = "A line at the top of every page: that this is a trial, for one.", .optional = true},
    {.name = "stylesheet",
     .type = OptionType::kFile,
     .help = "A CSS file that pages load after the portal's own; at most 64 KB.",
     .optional = true},

    // What the form asks.
    {.name = "identity",
     .help = "What the form wants to know of who writes, in the words of the hub's `identity` for this connector: "
             "`required`, `anonymous_to_public`, `optional`, `anonymous`.",
     .default_value = "required"},
    {.name = "required_fields",
     .type = OptionType::kTextList,
     .help = "What else must be filled in besides the content: `title`, `category`, `place`, `occurred_at`.",
     .default_value = "[title, place]"},
    {.name = "one_time_codes",
     .type = OptionType::kFlag,
     .help = "Whoever lost the secret of a petition may have a code sent; needs the hub's `one_time_codes`.",
     .default_value = "true"},

    // How long things are kept.
    {.name = "keep_drafts",
     .type = OptionType::kDuration,
     .help = "A draft that nobody touches for so long is thrown away.",
     .default_value = "7d"},
    {.name = "keep_keys",
     .type = OptionType::kDuration,
     .help = "How long a browser may open a petition without its secret being typed again.",
     .default_value = "30d"},
    {.name = "form_life",
     .type = OptionType::kDuration,
     .help = "How long after it was opened a form can be sent.",
     .default_value = "24h"},

    // Against floods.
    {.name = "proof_bits",
     .type = OptionType::kInteger,
     .help = "Work that a browser proves for a new form; each bit doubles it. 18 is a second of a cheap phone.",
     .default_value = "18",
     .unit = "bits"},
    {.name = "proof_bits_most",
     .type = OptionType::kInteger,
     .help = "What it may rise to for a client that sends one form after the other.",
     .default_value = "24",
     .unit = "bits"},
    {.name = "proven_per_hour",
     .type = OptionType::kInteger,
     .help = "New forms of one client in an hour, with the proof.",
     .default_value = "120",
     .unit = "forms"},
    {.name = "waiting",
     .type = OptionType::kDuration,
     .help = "How old a form without the proof has to be before it is taken.",
     .default_value = "20s"},
    {.name = "waited_per_hour",
     .type = OptionType::kInteger,
     .help = "New forms of one client in an hour, without the proof.",
     .default_value = "10",
     .unit = "forms"},
    {.name = "saved_per_hour",
     .type = OptionType::kInteger,
     .help = "How often one client may save or check forms in an hour.",
     .default_value = "240",
     .unit = "times"},
    {.name = "files_per_hour",
     .type = OptionType::kSize,
     .help = "Bytes of files that one client may send in an hour.",
     .default_value = "200MB"},
    {.name = "tries_per_hour",
     .type = OptionType::kInteger,
     .help = "Secrets and one-time codes that one client may try in an hour.",
     .default_value = "60",
     .unit = "tries"},
    {.name = "said_per_hour",
     .type = OptionType::kInteger,
     .help = "Supplements, ratings and requests to look again that one client may send in an hour.",
     .default_value = "60",
     .unit = "times"},
};

}  // namespace pakn::in_web
