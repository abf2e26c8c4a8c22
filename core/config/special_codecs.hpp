#pragma once
/// @file
/// Values that look like nothing else: an address to listen on, the hours of a week, the pauses between attempts.

#include "core/config/document.hpp"

namespace pakn::config {

/// "127.0.0.1:8080", "[::1]:8080", "paht.mau.example:80"; port 0 takes a free one.
struct Listen {
    static Shape shape() { return scalarShape("host:port"); }
    static void read(Reader& reader, const Node& node, ListenAddress& into);
};

/// A telephone number of an office.
struct PhoneNumber {
    static Shape shape() { return scalarShape("phone number"); }
    static void read(Reader& reader, const Node& node, std::string& into);
};

struct MailAddress {
    static Shape shape() { return scalarShape("e-mail address"); }
    static void read(Reader& reader, const Node& node, std::string& into);
};

/// "07:30-11:30".
struct Hours {
    static Shape shape() { return scalarShape("hh:mm-hh:mm"); }
    static void read(Reader& reader, const Node& node, domain::Interval& into);
};

/// Hours by weekday or range of weekdays; where two cover a day, the narrower range holds: `mon-fri` and `fri`.
struct Week {
    static Shape shape();
    static void read(Reader& reader, const Node& node, WeekHours& into);
};

/// `[1s, 15m]`: the first and the longest pause.
struct BackoffRange {
    static Shape shape();
    static void read(Reader& reader, const Node& node, Backoff& into);
};

/// "10y", "12 months", "90d".
struct PeriodValue {
    static Shape shape() { return scalarShape("period"); }
    static void read(Reader& reader, const Node& node, std::optional<domain::Period>& into);
};

/// Where a secret is found; what stands there instead is never quoted.
struct SecretText {
    static Shape shape() { return scalarShape("secret"); }
    static void read(Reader& reader, const Node& node, std::optional<Marked<SecretReference>>& into);
};

/// "5/s", "100/m", "1000/h".
struct RateValue {
    static Shape shape() { return scalarShape("rate"); }
    static void read(Reader& reader, const Node& node, std::optional<Rate>& into);
    static void read(Reader& reader, const Node& node, Rate& into);
};

/// "5 in 5m": so many crashes within such a time.
struct TripValue {
    static Shape shape() { return scalarShape("N in duration"); }
    static void read(Reader& reader, const Node& node, Trip& into);
};

/// 64 hexadecimal digits; lower case once read.
struct Sha256 {
    static Shape shape() { return scalarShape("sha256"); }
    static void read(Reader& reader, const Node& node, std::string& into);
};

}  // namespace pakn::config
