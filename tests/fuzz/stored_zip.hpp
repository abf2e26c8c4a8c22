#pragma once
/// @file
/// Writes zip archives whose files are stored as they are (APPNOTE.TXT 4.3): small, and with checksums that are right.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace pakn::fuzz {

class StoredZip {
public:
    void add(std::string_view name, std::string_view bytes) {
        const auto at = static_cast<std::uint32_t>(files_.size());
        const std::string facts = factsOf(name, bytes);
        files_.append("PK\x03\x04").append(facts).append(name).append(bytes);
        directory_.append("PK\x01\x02");
        number(directory_, 20, 2);  // Made by this version of the format.
        directory_ += facts;
        number(directory_, 0, 10);  // No comment, first disk, no attributes.
        number(directory_, at, 4);
        directory_ += name;
        ++count_;
    }
    std::string finish() && {
        const auto at = static_cast<std::uint32_t>(files_.size());
        std::string end = "PK\x05\x06";
        number(end, 0, 4);  // One disk.
        number(end, count_, 2);
        number(end, count_, 2);
        number(end, static_cast<std::uint32_t>(directory_.size()), 4);
        number(end, at, 4);
        number(end, 0, 2);
        return std::move(files_) + directory_ + end;
    }

private:
    static void number(std::string& into, std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i, value >>= 8U) into += static_cast<char>(value & 0xFFU);
    }
    static std::uint32_t checksum(std::string_view bytes) {
        std::uint32_t sum = 0xFFFFFFFF;
        for (const char c : bytes) {
            sum ^= static_cast<unsigned char>(c);
            for (int i = 0; i < 8; ++i) sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? 0xEDB88320U : 0U);
        }
        return ~sum;
    }
    static std::string factsOf(std::string_view name, std::string_view bytes) {
        std::string facts;
        number(facts, 20, 2);  // Version needed.
        number(facts, 0, 8);   // No flags, stored, midnight.
        number(facts, checksum(bytes), 4);
        number(facts, bytes.size(), 4);
        number(facts, bytes.size(), 4);
        number(facts, name.size(), 2);
        number(facts, 0, 2);
        return facts;
    }

    std::string files_;
    std::string directory_;
    std::uint32_t count_ = 0;
};

}  // namespace pakn::fuzz
