#pragma once
/// @file
/// One question to a child process that ends after its answer: it confines itself, loads the plugin and says something
/// about it. Whoever asks runs none of the plugin's code.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "core/isolation/frame.hpp"
#include "core/isolation/lent.hpp"
#include "core/isolation/protocol.hpp"

namespace pakn::isolation {

/// The frames of questions, beside the types of protocol.hpp. Each question carries a StartOrder.
enum class Question : std::uint8_t {
    kConfined =
        7,  ///< The child to the hub, before it loads the plugin: from here on it may be the plugin that speaks.
    kCheckSettings = 8,  ///< What is wrong with these settings? A list of SettingsMistake.
    kDescribe = 9,       ///< What does the plugin say about itself? A Description.
};

/// Of the plugin guide's table: whoever looked at it did not survive that, or could not begin.
inline constexpr const char* kLoadFailed = "plugin.load_failed";

namespace detail {

/// What came of a question, before anybody looks into it.
struct Asked {
    std::optional<Frame> answer = {};
    bool confined = false;  ///< It said so, before it loaded anything.
    std::string end = {};   ///< How it ended, where it gave no answer.
};
Result<Asked> ask(Question question, const StartOrder& order, int file, const std::filesystem::path& program);

/// An error that was told is one to be believed only as far as its teller is.
Error toldError(Error told, bool confined);
/// No answer, or one that is none.
Error noAnswer(const Asked& asked);

}  // namespace detail

/// What the plugin behind this open file answers. Errors:
/// - kMisconfigured with a problem "plugin.…": of loading, or what the plugin's own code says, or "plugin.load_failed"
///   when the child did not survive it or took more than ten seconds;
/// - kMisconfigured without a problem: there is no paknhub-plugin-host (`program`; empty: the one near this program),
/// or
///   the kernel does not let it confine itself. Never because of anything that the plugin did;
/// - kUnavailable ("plugin.not_looked_at"): there was no room for the child, or it did not get so far as to load the
///   plugin. The next time may be better.
template <class T>
Result<T> inquire(Question question, const StartOrder& order, int file, const std::filesystem::path& program = {}) {
    Result<detail::Asked> asked = detail::ask(question, order, file, program);
    if (!asked) return std::move(asked).error();
    std::optional<Result<T>> told;
    if (asked->answer) told = decodeResult<T>(std::move(*asked->answer));
    if (told && !*told) return detail::toldError(std::move(*told).error(), asked->confined);
    if (told && asked->confined) return std::move(*told);
    return detail::noAnswer(*asked);
}

}  // namespace pakn::isolation
