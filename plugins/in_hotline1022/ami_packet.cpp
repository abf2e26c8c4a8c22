#include "ami_packet.hpp"

#include <algorithm>

#include "text.hpp"

namespace pakn::hotline {

std::string_view AmiPacket::get(std::string_view key) const {
    const std::string wanted = lowered(key);
    const auto found =
        std::find_if(lines_.begin(), lines_.end(), [&](const auto& line) { return line.first == wanted; });
    return found == lines_.end() ? std::string_view{} : std::string_view{found->second};
}

std::vector<AmiPacket> AmiParser::feed(std::string_view bytes) {
    std::vector<AmiPacket> complete;
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end);
        line_ += piece.substr(0, kMostLine - std::min(kMostLine, line_.size()));
        if (end == std::string_view::npos) break;
        bytes.remove_prefix(end + 1);
        endLine(complete);
    }
    return complete;
}

void AmiParser::endLine(std::vector<AmiPacket>& complete) {
    std::string line = std::exchange(line_, {});
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) {
        if (!packet_.lines_.empty()) complete.push_back(std::exchange(packet_, {}));
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) {
        // The greeting has no empty line behind it. Lines of no form are nobody's.
        constexpr std::string_view kGreeting = "Asterisk Call Manager";
        greeted_ = greeted_ || std::string_view{line}.substr(0, kGreeting.size()) == kGreeting;
        return;
    }
    if (packet_.lines_.size() >= kMostLines) return;
    packet_.lines_.emplace_back(lowered(trimmed(std::string_view{line}.substr(0, colon))),
                                trimmed(std::string_view{line}.substr(colon + 1)));
}

}  // namespace pakn::hotline
