#pragma once
/// @file
/// Collects what is wrong with a file that people write: one run names every mistake, with its place and what to write instead.

#include <string>
#include <string_view>
#include <vector>

namespace pakn::placed_yaml {

/// A place in the file, from 1; line 0 is the file as a whole. Columns in characters.
struct Mark {
    int line = 0;
    int column = 0;
};

struct Mistake {
    Mark at = {};
    std::string message = {};
    std::string hint = {};
};

/// `portal.yaml:14:7: error: … (hint)`.
std::string lineOf(std::string where, const Mistake& mistake);

class Mistakes {
public:
    /// More than this many are counted, not kept.
    static constexpr std::size_t kMost = 200;

    explicit Mistakes(std::string file) : file_{std::move(file)} {}

    void add(const Mark& at, std::string message, std::string hint = {});
    [[nodiscard]] bool none() const { return kept_.empty(); }
    [[nodiscard]] const std::vector<Mistake>& kept() const { return kept_; }
    /// By place; at the end, without one, how many were not kept.
    [[nodiscard]] std::vector<Mistake> sorted() const;
    /// One line each, sorted by place.
    [[nodiscard]] std::vector<std::string> lines() const;

private:
    std::string file_;
    std::vector<Mistake> kept_;
    std::size_t dropped_ = 0;
};

/// `text` in double quotes, cut to a readable length, control characters replaced.
std::string inQuotes(std::string_view text);

/// What to offer instead of a wrong name: the nearest known one, else all of them; empty when none is known.
std::string nameHint(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace pakn::placed_yaml
