#pragma once
/// @file
/// out_webhook as the hub loads it, and a delivery to send over it.

#include <memory>
#include <string>
#include <utility>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/settings.hpp"
#include "test_paths.hpp"

namespace pakn::out_webhook {

inline constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

inline const plugin_host::PluginHost& host() {
    static const plugin_host::PluginHost host{{std::filesystem::path{PAKN_BINARY_DIR} / "lib/paknhub"}};
    return host;
}

/// `values` over the usual url and secret.
inline Result<std::unique_ptr<plugin_host::Instance>> load(HostServices& services, Settings::Values values = {}) {
    values.emplace("url", "https://receiver.example/hook");
    values.emplace("secret", kSecret);
    const Descriptor* const descriptor = host().find("out_webhook");
    return host().create("out_webhook", testing::settingsFor(descriptor->info.options, std::move(values)), services);
}

/// An answered petition of the invented province.
inline Delivery released() {
    return {.id = "d-1",
            .idempotency_key = "018f2c7a-0000-7000-8000-000000000001",
            .kind = "result",
            .event = "released",
            .occurred_at = Instant{std::chrono::milliseconds{1772758800250}},
            .petition_id = "p-1",
            .code = "060326001",
            .status = "answered",
            .channel = "web",
            .external_id = "ext-9",
            .unit = "so-xay-dung",
            .unit_name = "Sở Xây dựng",
            .title = "Hố ga mất nắp",
            .result_text = "Đã thay nắp hố ga.",
            .attachments = {{.name = "công văn.pdf", .content_type = "application/pdf", .content = "abc"}}};
}

}  // namespace pakn::out_webhook
