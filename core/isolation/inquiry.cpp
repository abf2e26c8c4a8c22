#include "core/isolation/inquiry.hpp"

#include <array>
#include <chrono>

#include "core/isolation/child.hpp"
#include "core/isolation/helper.hpp"
#include "core/isolation/lane.hpp"

namespace pakn::isolation::detail {

namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::size_t kMostAnswer = 1U << 20U;
constexpr std::size_t kMostText = 1000;

constexpr const char* kNotLookedAt = "plugin.not_looked_at";  // Of the plugin guide's table.

Error notNow(const Error& why) {
    return {.code = Errc::kUnavailable,
            .message = "the process that has to look at it could not be started, or did not get so far: " + why.message,
            .problem = kNotLookedAt};
}

/// For a log or terminal.
std::string printable(std::string text) {
    if (text.size() > kMostText) text.resize(kMostText);
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

}  // namespace

Result<Asked> ask(Question question, const StartOrder& order, int file, const std::filesystem::path& program) {
    Writer writer;
    writer(order);
    Result<Frame> frame = std::move(writer).finish(static_cast<std::uint8_t>(question));
    if (!frame) return notNow(frame.error());
    auto control = socketPair();
    if (!control) return notNow(control.error());
    // The spare lane's place has to be taken, too.
    const std::array<int, 3> given{control->second.number(), file, control->second.number()};
    Result<Child> child = Child::start(program.empty() ? helperProgram() : program, {}, given);
    if (!child && child.error().code != Errc::kMisconfigured) return notNow(child.error());
    if (!child) return std::move(child).error();
    { const OwnedDescriptor theirs = std::move(control->second); }
    Lane lane{std::move(control->first), kMostAnswer};
    Asked asked;
    const auto hear = [&](Frame&& said) -> Result<Frame> {
        if (said.type != static_cast<std::uint8_t>(Question::kConfined) || asked.confined)
            return Error{.code = Errc::kInvalid, .message = "it asks for something"};
        asked.confined = true;
        return Frame{};
    };
    Result<Frame> answer = lane.call(std::move(*frame), hear, {.most = kPatience, .renewed = false});
    if (answer) {
        asked.answer = std::move(*answer);
        return asked;
    }
    const std::optional<Exit> over = child->wait(Steady::now() + std::chrono::milliseconds{200});
    asked.end = over ? over->text() : std::string{"it hangs, or talks nonsense"};
    return asked;
}

Error toldError(Error told, bool confined) {
    if (!confined) return told.code == Errc::kMisconfigured ? std::move(told) : notNow(told);
    // Only a code and an id that say: this plugin is to be mended.
    const bool known = told.problem.starts_with("plugin.") && told.problem != kNotLookedAt && told.problem.size() < 40;
    return {.code = Errc::kMisconfigured,
            .message = printable(std::move(told.message)),
            .problem = known ? printable(std::move(told.problem)) : kLoadFailed};
}

Error noAnswer(const Asked& asked) {
    if (!asked.confined && asked.answer)
        return {.code = Errc::kMisconfigured,
                .message = "paknhub-plugin-host is of another build than paknhub: install both together",
                .problem = kLoadFailed};
    if (!asked.confined) return notNow({.message = asked.end});
    return {.code = Errc::kMisconfigured,
            .message = "the process that loaded it to look at it did not survive that: " +
                       (asked.answer ? std::string{"it talks nonsense"} : asked.end),
            .problem = kLoadFailed};
}

}  // namespace pakn::isolation::detail
