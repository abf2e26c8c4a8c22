/// @file
/// out_push tells citizens and officers on their telephones that a petition moved: by FCM and by APNs, with its number
/// and how it stands, and nothing else. See README.md and docs/contracts/push.md.
#include <pakn/sdk/plugin.hpp>
#include <stdexcept>

#include "options.hpp"
#include "sending.hpp"

namespace {
using namespace pakn::out_push;

Options usable(const pakn::Settings& settings) {
    Review read = review(settings);
    if (read.mistakes.empty()) return std::move(read.options);
    const pakn::SettingsMistake& first = read.mistakes.front();
    throw std::runtime_error{first.option + ": " + first.message + "; " + first.hint};
}

class PushSender final : public pakn::Sender {
public:
    PushSender(const pakn::Settings& settings, pakn::HostServices& services) : sending_{usable(settings), services} {}

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return review(settings).mistakes;
    }

    pakn::Result<pakn::Receipt> send(const pakn::Delivery& delivery, std::stop_token stop) override {
        return sending_.send(delivery, stop);
    }

private:
    Sending sending_;
};
}  // namespace

// A second notification of the same petition takes the place of the first, so that a repetition does no harm.
PAKN_PLUGIN(PushSender, .name = "out_push", .version = "1.0.0",
            .summary = "Tells telephones that a petition moved, over FCM and APNs.", .options = kOptions,
            .idempotency = pakn::Idempotency::kHonoured)
