#pragma once
/// @file
/// Packets of the Asterisk Manager Interface: lines `Key: Value`, an empty line behind each packet; in front of all of
/// them the greeting. Whatever the other side sends, a bounded part of it is kept.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pakn::hotline {

class AmiPacket {
public:
    /// The value of the first line with this key, upper or lower case; empty when there is none.
    [[nodiscard]] std::string_view get(std::string_view key) const;
    [[nodiscard]] bool isEvent() const { return !get("Event").empty(); }
    [[nodiscard]] bool isResponse() const { return !get("Response").empty(); }

private:
    friend class AmiParser;
    std::vector<std::pair<std::string, std::string>> lines_;  ///< Keys in lower case.
};

/// Takes bytes as they come. One thread.
class AmiParser {
public:
    static constexpr std::size_t kMostLine = 8192;  ///< Bytes; what is behind them is not kept.
    static constexpr std::size_t kMostLines = 200;  ///< Of one packet; further ones are not kept.

    /// The packets that are complete now.
    std::vector<AmiPacket> feed(std::string_view bytes);
    /// "Asterisk Call Manager/…" has come.
    [[nodiscard]] bool greeted() const { return greeted_; }

private:
    void endLine(std::vector<AmiPacket>& complete);

    std::string line_;
    AmiPacket packet_;
    bool greeted_ = false;
};

}  // namespace pakn::hotline
