#pragma once
/// @file
/// A stream of libetpan that ends when its peer is gone. Its parser takes "nothing came" for "nothing yet" inside a
/// literal and asks for ever; here the end of a connection is an error, and so is a literal that is longer
/// than anything that is asked for.

#include <libetpan/mailstream.h>

#include <cstdint>

namespace pakn::in_email {

/// Takes over `inner`; freed by libetpan with the stream it is put into. Null for null.
mailstream_low* guarded(mailstream_low* inner, std::uint64_t most_literal);

}  // namespace pakn::in_email
