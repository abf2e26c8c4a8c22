#include "core/store/sqlite/correspondents.hpp"

#include "core/store/correspondent_rows.hpp"

namespace pakn::store::sqlite {

Result<Listing<ShownLine>> SqliteCorrespondents::petitionsOf(const OwnFilter& filter, const Page& page) {
    return readers_.read([&](Connection& reader) {
        // SQLite keeps to the order written.
        const Sql sql = ownPetitions(hub_key_, filter, page, "CROSS JOIN");
        Statement rows = reader.statement(sql.text);
        for (const Conditions::Value& value : sql.values)
            std::visit([&](const auto& one) { rows.bindNext(one); }, value);
        Listing<ShownLine> listing;
        Instant received{};
        while (rows.step()) addOwn(listing, rows, limitOf(page), received);
        return listing;
    });
}

Status SqliteCorrespondents::keepDevice(const Device& device, int most, Instant oldest) {
    return writer_.change([&](Connection& writer) {
        withDeviceValues(device, hub_key_, [&](const auto&... values) { writer.statement(kPutDevice).run(values...); });
        const std::string owner = ownerIndex(hub_key_, device.channel, device.owner);
        writer.statement(kDropMoreDevices).run(owner, owner, most);
        writer.statement(kDropOldDevices).run(oldest);
    });
}

Result<std::vector<Device>> SqliteCorrespondents::devices(std::string_view channel, std::string_view owner) {
    return readers_.read([&](Connection& reader) {
        Statement rows = reader.statement(kDevicesOf);
        rows.query(ownerIndex(hub_key_, channel, owner));
        std::vector<Device> found;
        while (rows.step()) found.push_back(readDevice(rows, hub_key_, channel, owner));
        return found;
    });
}

Status SqliteCorrespondents::forgetDevice(const Device& device) {
    return writer_.change([&](Connection& writer) {
        const std::string token = tokenIndex(hub_key_, device.platform, device.token);
        if (device.owner.empty())
            writer.statement(kDropDevice).run(token);
        else
            writer.statement(kDropOwnDevice).run(token, ownerIndex(hub_key_, device.channel, device.owner));
    });
}

Status SqliteCorrespondents::forgetDevicesOf(std::string_view session) {
    return writer_.change([&](Connection& writer) { writer.statement(kDropDevicesOf).run(sessionIndex(session)); });
}

}  // namespace pakn::store::sqlite
