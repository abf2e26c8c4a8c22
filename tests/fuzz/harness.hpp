#pragma once
/// @file
/// What the fuzz harnesses share: a check that ends the process, and a look at the input as something with choices in
/// it. Inputs stay readable: a choice is one character, parts are separated by a line, so that seeds can be written by
/// hand.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What must hold whatever the input is. Ends the process: libFuzzer keeps the input.
#define FUZZ_CHECK(condition)                                                                        \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            std::fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                            \
        }                                                                                            \
    } while (false)

namespace pakn::fuzz {

/// What the harness does with one input; each harness defines it once.
void tryOne(std::string_view input);

/// Takes an input apart from its front. What is not there is 0 or empty.
class Input {
public:
    explicit Input(std::string_view bytes) : rest_{bytes} {}

    /// One of `count` choices: '0' to '9', 'A' to … stand for themselves.
    std::size_t choice(std::size_t count) {
        if (rest_.empty()) return 0;
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        const bool letter = byte >= 'A' && byte <= 'Z';
        return static_cast<std::size_t>(letter ? byte - 'A' + 10 : byte >= '0' ? byte - '0' : byte) % count;
    }
    bool flag() { return choice(2) == 1; }
    /// Up to the next line of `====`, or the rest.
    std::string_view part() {
        constexpr std::string_view kLine = "\n====\n";
        const std::size_t end = rest_.find(kLine);
        const std::string_view found = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + kLine.size());
        return found;
    }
    /// One line without its end.
    std::string_view line() {
        const std::size_t end = rest_.find('\n');
        const std::string_view found = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        return found;
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

/// A copy whose bytes end where the text ends: the sanitizer sees a read of even one byte more. A std::string has a
/// zero behind it, and a view into the input may have the rest of the input.
class Exact {
public:
    explicit Exact(std::string_view text) : bytes_{new char[text.size()]}, size_{text.size()} {
        text.copy(bytes_.get(), size_);
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

private:
    const std::unique_ptr<char[]> bytes_;
    const std::size_t size_;
};

/// Small numbers out of a text, for where to cut it in pieces: the same for the same text.
class Cuts {
public:
    explicit Cuts(std::string_view text) {
        for (const char c : text) state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    std::size_t next(std::size_t most) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::size_t>(state_ >> 33U) % (most + 1);
    }

private:
    std::uint64_t state_ = 14695981039346656037ULL;
};

}  // namespace pakn::fuzz
