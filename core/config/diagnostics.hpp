#pragma once
/// @file
/// Collects what is wrong with a configuration. Nothing here throws or stops: one run names every mistake.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/configuration.hpp"

namespace pakn::config {

/// A place in one of the files. The default is no place: the directory as a whole.
struct Mark {
    int file = -1;   ///< Index given by Diagnostics::addFile.
    int line = 0;    ///< From 1; 0: the file as a whole.
    int column = 0;  ///< From 1, in code points.
};

class Diagnostics {
public:
    /// More than this many are counted, not kept: a broken file must not flood the terminal.
    static constexpr std::size_t kMost = 1000;

    /// Names a file; marks carry the index that comes back.
    int addFile(std::string name);
    void error(const Mark& at, std::string message, std::string hint = {});
    void warning(const Mark& at, std::string message, std::string hint = {});

    /// "units.yaml:3:5", for messages that name a second place.
    [[nodiscard]] std::string place(const Mark& at) const;
    /// "units.yaml"; "." for no file.
    [[nodiscard]] std::string fileOf(const Mark& at) const { return nameOf(at); }
    [[nodiscard]] std::size_t errors() const { return errors_; }
    /// Everything said so far, sorted by file, line, column.
    [[nodiscard]] std::vector<Diagnostic> sorted() const;

private:
    void add(Diagnostic::Severity severity, const Mark& at, std::string message, std::string hint);
    [[nodiscard]] std::string nameOf(const Mark& at) const;

    std::vector<std::string> files_;
    std::vector<Diagnostic> kept_;
    std::size_t errors_ = 0;
    std::size_t dropped_errors_ = 0;
    std::size_t dropped_warnings_ = 0;
};

/// By file, line, column; what stands at the same place keeps its order.
void sortByPlace(std::vector<Diagnostic>& diagnostics);

/// `text` in double quotes, cut to a readable length, control characters replaced: safe in any message.
std::string inQuotes(std::string_view text);

/// What to offer instead of a wrong name: `did you mean "X"?` when a known one is close or abbreviated, else the known
/// ones, nearest first; empty when nothing is known.
std::string nameHint(std::string_view wrong, std::vector<std::string> known);
/// The hint is a close name, not a list.
bool offersOne(std::string_view name_hint);

}  // namespace pakn::config
