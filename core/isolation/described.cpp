#include "core/isolation/described.hpp"

#include <utility>

#include "core/isolation/helper.hpp"
#include "core/isolation/inquiry.hpp"
#include "core/isolation/remote_connector.hpp"

namespace pakn::isolation {

Description describe(const Descriptor& descriptor) {
    const PluginInfo& info = descriptor.info;
    Description all{.name = std::string{info.name},
                    .version = std::string{info.version},
                    .summary = std::string{info.summary},
                    .idempotency = info.idempotency,
                    .trusted = info.trusted,
                    .mounts = {info.mounts.begin(), info.mounts.end()},
                    .abilities = descriptor.abilities,
                    .ways = {descriptor.ways().begin(), descriptor.ways().end()}};
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
    ways_.assign(texts_.ways.begin(), texts_.ways.end());
    descriptor_ = {.info = {.name = texts_.name,
                            .version = texts_.version,
                            .summary = texts_.summary,
                            .options = options_,
                            .idempotency = texts_.idempotency,
                            .trusted = texts_.trusted,
                            .mounts = mounts_},
                   .abilities = texts_.abilities,
                   .own_ways = ways_};
}

Result<Description> askDescription(int file, const std::filesystem::path& folder,
                                   const std::filesystem::path& program) {
    StartOrder order_of_least = orderOf(kDescribingUser);
    order_of_least.readable = {folder.string()};
    return inquire<Description>(Question::kDescribe, order_of_least, file, program);
}

}  // namespace pakn::isolation
