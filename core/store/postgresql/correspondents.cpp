#include "core/store/postgresql/correspondents.hpp"

#include "core/store/correspondent_rows.hpp"
#include "core/store/postgresql/query.hpp"

namespace pakn::store::postgresql {

namespace {

std::string sql(std::string_view text) {
    int places = 0;
    return numbered(text, places);
}

}  // namespace

Result<Listing<ShownLine>> PostgresqlCorrespondents::petitionsOf(const OwnFilter& filter, const Page& page) {
    return readers_.run(
        [&](Connection& reader) {
            const Sql asked = ownPetitions(hub_key_, filter, page, "JOIN");
            Parameters parameters;
            for (const Conditions::Value& value : asked.values)
                std::visit([&](const auto& one) { parameters.add(one); }, value);
            reader.queueOnce(sql(asked.text), parameters);
            const Rows rows = reader.run();
            Listing<ShownLine> listing;
            Instant received{};
            for (int i = 0; i < rows.count(); ++i) addOwn(listing, rows[i], limitOf(page), received);
            return listing;
        },
        true);
}

Status PostgresqlCorrespondents::keepDevice(const Device& device, int most, Instant oldest) {
    return writers_.run(
        [&](Connection& writer) {
            writer.query("BEGIN");
            try {
                withDeviceValues(device, hub_key_,
                                 [&](const auto&... values) { writer.query(sql(kPutDevice), values...); });
                const std::string owner = ownerIndex(hub_key_, device.channel, device.owner);
                writer.query(sql(kDropMoreDevices), owner, owner, most);
                writer.query(sql(kDropOldDevices), oldest);
                writer.query("COMMIT");
                return Done{};
            } catch (...) {
                writer.rollback();
                throw;
            }
        },
        true);
}

Result<std::vector<Device>> PostgresqlCorrespondents::devices(std::string_view channel, std::string_view owner) {
    return readers_.run(
        [&](Connection& reader) {
            const Rows rows = reader.query(sql(kDevicesOf), ownerIndex(hub_key_, channel, owner));
            std::vector<Device> found;
            for (int i = 0; i < rows.count(); ++i) found.push_back(readDevice(rows[i], hub_key_, channel, owner));
            return found;
        },
        true);
}

Status PostgresqlCorrespondents::forgetDevice(const Device& device) {
    return writers_.run(
        [&](Connection& writer) {
            const std::string token = tokenIndex(hub_key_, device.platform, device.token);
            if (device.owner.empty())
                writer.query(sql(kDropDevice), token);
            else
                writer.query(sql(kDropOwnDevice), token, ownerIndex(hub_key_, device.channel, device.owner));
            return Done{};
        },
        true);
}

Status PostgresqlCorrespondents::forgetDevicesOf(std::string_view session) {
    return writers_.run(
        [&](Connection& writer) {
            writer.query(sql(kDropDevicesOf), sessionIndex(session));
            return Done{};
        },
        true);
}

}  // namespace pakn::store::postgresql
