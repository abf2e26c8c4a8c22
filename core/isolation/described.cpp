#include "core/isolation/described.hpp"

#include <array>
#include <utility>

#include "core/isolation/child.hpp"
#include "core/isolation/helper.hpp"
#include "core/isolation/lane.hpp"
#include "core/isolation/protocol.hpp"
#include "core/isolation/remote_connector.hpp"

namespace pakn::isolation {

namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::size_t kMostDescription = 1U << 20U;
constexpr const char* kProblem = "plugin.load_failed";  // Of the plugin guide's table, as the loader's own refusals.

Result<Frame> refuse(Frame&&) { return Error{.code = Errc::kInvalid, .message = "it asks for something"}; }

}  // namespace

Description describe(const Descriptor& descriptor) {
    const PluginInfo& info = descriptor.info;
    Description all{.name = std::string{info.name},
                    .version = std::string{info.version},
                    .summary = std::string{info.summary},
                    .idempotency = info.idempotency,
                    .trusted = info.trusted,
                    .mounts = {info.mounts.begin(), info.mounts.end()},
                    .abilities = descriptor.abilities};
    for (const Option& option : info.options)
        all.options.push_back({.name = std::string{option.name},
                               .type = option.type,
                               .help = std::string{option.help},
                               .default_value = std::string{option.default_value},
                               .unit = std::string{option.unit},
                               .optional = option.optional});
    return all;
}

DescribedPlugin::DescribedPlugin(Description description) : texts_{std::move(description)} {
    for (const Description::OptionRow& row : texts_.options)
        options_.push_back({.name = row.name,
                            .type = row.type,
                            .help = row.help,
                            .default_value = row.default_value,
                            .unit = row.unit,
                            .optional = row.optional});
    mounts_.assign(texts_.mounts.begin(), texts_.mounts.end());
    descriptor_ = {.info = {.name = texts_.name,
                            .version = texts_.version,
                            .summary = texts_.summary,
                            .options = options_,
                            .idempotency = texts_.idempotency,
                            .trusted = texts_.trusted,
                            .mounts = mounts_},
                   .abilities = texts_.abilities};
}

Result<Description> askDescription(int file, const std::filesystem::path& folder,
                                   const std::filesystem::path& program) {
    auto control = socketPair();
    if (!control) return std::move(control).error();
    // The spare lane's place has to be taken, too.
    const std::array<int, 3> given{control->second.number(), file, control->second.number()};
    Result<Child> child = Child::start(program.empty() ? helperProgram() : program, {}, given);
    if (!child) return std::move(child).error();
    { const OwnedDescriptor theirs = std::move(control->second); }
    Lane lane{std::move(control->first), kMostDescription};
    StartOrder order_of_least = orderOf(kDescribingUser);
    order_of_least.readable = {folder.string()};
    Writer writer;
    writer(order_of_least);
    Result<Frame> order = std::move(writer).finish(kDescribe);
    if (!order) return std::move(order).error();
    Result<Frame> answer = lane.call(std::move(*order), &refuse, {.most = kPatience, .renewed = false});
    if (answer)
        if (std::optional<Result<Description>> told = decodeResult<Description>(std::move(*answer)))
            return std::move(*told);
    const std::optional<Exit> over = child->wait(Steady::now() + std::chrono::milliseconds{200});
    return Error{.code = Errc::kMisconfigured,
                 .message = "the process that loaded it to look at it did not survive that: " +
                            (over ? over->text() : std::string{"it hangs, or talks nonsense"}),
                 .problem = kProblem};
}

}  // namespace pakn::isolation
