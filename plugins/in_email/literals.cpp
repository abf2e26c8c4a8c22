#include "literals.hpp"

#include <algorithm>

namespace pakn::in_email {

namespace {

constexpr std::size_t kMostHead = 64;
constexpr std::uint64_t kEndless = UINT64_MAX / 16;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

bool Literals::sound(std::string_view bytes) {
    while (!bytes.empty()) {
        if (left_ > 0) {
            const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
            left_ -= skipped;
            bytes.remove_prefix(skipped);
            continue;
        }
        take(bytes.front());
        if (tail_ != Tail::kWords && number_ > most_) return false;
        bytes.remove_prefix(1);
    }
    return true;
}

void Literals::take(char c) {
    if (c == '\n') {
        if (tail_ == Tail::kClosed && !isForPeople())
            left_ = number_;  // The response goes on behind it.
        else
            head_.clear();
        tail_ = Tail::kWords;
        return;
    }
    if (head_.size() < kMostHead) head_ += upper(c);
    if (c == '{') {
        tail_ = Tail::kNumber;
        number_ = 0;
        digits_ = false;
    } else if (tail_ == Tail::kNumber && isDigit(c)) {
        number_ = std::min(number_ * 10 + static_cast<std::uint64_t>(c - '0'), kEndless);
        digits_ = true;
    } else if (tail_ == Tail::kNumber && digits_ && c == '}') {
        tail_ = Tail::kClosed;
    } else if (c != '\r' || tail_ != Tail::kClosed) {
        tail_ = Tail::kWords;
    }
}

bool Literals::isForPeople() const {
    if (head_.starts_with('+')) return true;
    const std::string_view head = head_;
    const std::size_t blank = head.find(' ');
    if (blank == std::string_view::npos) return false;
    const std::string_view rest = head.substr(blank + 1);
    const std::string_view word = rest.substr(0, rest.find_first_of(" {"));
    return word == "OK" || word == "NO" || word == "BAD" || word == "BYE" || word == "PREAUTH";
}

}  // namespace pakn::in_email
