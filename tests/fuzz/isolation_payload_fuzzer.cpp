/// @file
/// What a hostile child may say in a frame: answers of every type, and requests to the hub. What can be read at all is
/// written and read again as the same, and a request reaches nobody with more than the payload held.

#include "core/decoding/protocol.hpp"
#include "core/isolation/described.hpp"
#include "core/isolation/lent.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::isolation;

/// Payload and some sealed files beside it.
Frame frameOf(std::uint8_t type, std::string_view payload, std::size_t files) {
    Frame frame{.type = type, .payload = std::string{payload}};
    for (std::size_t i = 0; i < files; ++i) {
        Result<OwnedDescriptor> file = sealedFile(std::string(i * 7, 'x'));
        FUZZ_CHECK(file.ok());
        frame.descriptors.push_back(*std::move(file));
    }
    return frame;
}

template <class T>
std::string written(const T& value, Frame& frame) {
    Writer writer;
    writer(value);
    Result<Frame> made = std::move(writer).finish(1);
    FUZZ_CHECK(made.ok());
    frame = *std::move(made);
    return frame.payload;
}

template <class T>
void tryAs(std::string_view payload, std::size_t files) {
    static_cast<void>(decodeResult<T>(frameOf(1, payload, files)));
    Result<T> value = decode<T>(frameOf(1, payload, files));
    if (!value) return;
    Frame frame;
    const std::string once = written(*value, frame);
    Result<T> again = decode<T>(std::move(frame));
    FUZZ_CHECK(again.ok());
    Frame second;
    FUZZ_CHECK(written(*again, second) == once);
}

template <class... T>
void tryAnyOf(std::size_t which, std::string_view payload, std::size_t files) {
    std::size_t index = 0;
    ((index++ == which ? tryAs<T>(payload, files) : void()), ...);
}

void tryRequest(std::uint8_t type, std::string_view payload, std::size_t files, bool has_inbox) {
    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    services.setDecoder([](std::string_view, const Content& content) {
        return Result<Decoded>{Decoded{.text = content.bytes(1000).ok() ? "read" : "too large"}};
    });
    const Result<Frame> answer =
        serveLent(frameOf(type, payload, files), services, has_inbox ? static_cast<Inbox*>(&inbox) : nullptr);
    if (!answer) {
        FUZZ_CHECK(answer.error().code == Errc::kInvalid);
        return;
    }
    FUZZ_CHECK(answer->type == 0 || answer->type == static_cast<std::uint8_t>(Type::kAnswer));
    for (const auto& line : services.logged()) {
        FUZZ_CHECK(line.level <= LogLevel::kError && line.text.size() <= 4000);
        FUZZ_CHECK(line.text.find_first_of("\r\n") == std::string::npos);
    }
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const bool request = input.flag();
    const std::size_t files = input.choice(4);
    if (request) {
        const bool has_inbox = input.flag();
        const auto type = static_cast<std::uint8_t>(40 + input.choice(36));
        tryRequest(type, input.rest(), files, has_inbox);
        return;
    }
    const std::size_t which = input.choice(32);
    tryAnyOf<HttpRequest, HttpResponse, HttpClient::Limits, Delivery, Receipt, IncomingPetition, Accepted, KeptEvent,
             KeptPage, Update, Call, CallState, Unacceptable, Decoded, PublicPetition, PublicFilter, PublicPage,
             PublicStatistics, PublicCitizen, ProviderLogout, SettingsMistake, LoginRequest, LoginStart, LoginCallback,
             Identity, LogoutRequest, StartOrder, Started, Description, decoding::Order, std::vector<std::string>,
             std::optional<Error>>(which, input.rest(), files);
}

}  // namespace pakn::fuzz
