#pragma once
/// @file
/// One question to a child process that ends after its answer: it confines itself, loads the plugin and says something
/// about it. Whoever asks runs none of the plugin's code.

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "core/isolation/child.hpp"
#include "core/isolation/helper.hpp"
#include "core/isolation/lane.hpp"
#include "core/isolation/protocol.hpp"

namespace pakn::isolation {

/// The frames of questions, beside the types of protocol.hpp. Each carries a StartOrder.
enum class Question : std::uint8_t {
    kCheckSettings = 8,  ///< What is wrong with these settings? A list of SettingsMistake.
    kDescribe = 9,       ///< What does the plugin say about itself? A Description.
};

/// What the plugin behind this open file answers. Errors of loading and what the plugin's own code says; kMisconfigured
/// with the problem "plugin.load_failed" when the child did not survive it or took more than ten seconds. Errors
/// without a problem when it could not be asked: no paknhub-plugin-host (`program`; empty: the one near this program),
/// no room for it, or no way for it to confine itself.
template <class T>
Result<T> inquire(Question question, const StartOrder& order, int file, const std::filesystem::path& program = {}) {
    constexpr std::chrono::seconds kPatience{10};
    constexpr std::size_t kMostAnswer = 1U << 20U;
    constexpr const char* kProblem =
        "plugin.load_failed";  // Of the plugin guide's table, as the loader's own refusals.
    auto control = socketPair();
    if (!control) return std::move(control).error();
    // The spare lane's place has to be taken, too.
    const std::array<int, 3> given{control->second.number(), file, control->second.number()};
    Result<Child> child = Child::start(program.empty() ? helperProgram() : program, {}, given);
    if (!child) return std::move(child).error();
    { const OwnedDescriptor theirs = std::move(control->second); }
    Lane lane{std::move(control->first), kMostAnswer};
    Writer writer;
    writer(order);
    Result<Frame> frame = std::move(writer).finish(static_cast<std::uint8_t>(question));
    if (!frame) return std::move(frame).error();
    const auto refuse = [](Frame&&) -> Result<Frame> {
        return Error{.code = Errc::kInvalid, .message = "it asks for something"};
    };
    Result<Frame> answer = lane.call(std::move(*frame), refuse, {.most = kPatience, .renewed = false});
    if (answer)
        if (std::optional<Result<T>> told = decodeResult<T>(std::move(*answer))) return std::move(*told);
    const std::optional<Exit> over = child->wait(Steady::now() + std::chrono::milliseconds{200});
    return Error{.code = Errc::kMisconfigured,
                 .message = "the process that loaded it to look at it did not survive that: " +
                            (over ? over->text() : std::string{"it hangs, or talks nonsense"}),
                 .problem = kProblem};
}

}  // namespace pakn::isolation
