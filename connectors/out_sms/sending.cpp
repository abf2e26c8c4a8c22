#include "sending.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "pakn/sdk/one_time_code.hpp"

namespace pakn::out_sms {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostAnswer = 64U << 10U;
/// Longer words make more parts than any setting allows; looking at them letter by letter would be in vain.
constexpr std::size_t kMostWords = 16U << 10U;
constexpr milliseconds kTooFast = std::chrono::seconds{10};
constexpr int kAttemptsBeforeAPerson = 3;
constexpr milliseconds kMostWaiting = std::chrono::hours{24};

Error rejected(std::string problem, std::string message) {
    return {.code = Errc::kRejected, .message = std::move(message), .problem = std::move(problem)};
}
Error fallback(std::string problem, std::string message) {
    return {.code = Errc::kFallback, .message = std::move(message), .problem = std::move(problem)};
}

/// "sms.vnpt_17", "sms.vnpt_minus_1", "sms.viettel_refused".
std::string problemOf(const Driver& driver, const std::string& code) {
    std::string id{driver.problem()};
    if (code == "?") return id + "unknown";
    return code.starts_with('-') ? id + "minus_" + code.substr(1) : id + code;
}

/// Seconds; the other form of the header is not worth reading for a gateway.
std::optional<milliseconds> retryAfter(const HttpResponse& answer) {
    const auto header = answer.headers.find("retry-after");
    if (header == answer.headers.end()) return std::nullopt;
    std::int32_t seconds = 0;
    const char* const end = header->second.data() + header->second.size();
    const auto [rest, problem] = std::from_chars(header->second.data(), end, seconds);
    if (problem != std::errc{} || rest != end || seconds <= 0) return std::nullopt;
    return std::min<milliseconds>(std::chrono::seconds{seconds}, kMostWaiting);
}

bool isAddressWrong(int status) {
    return (status >= 300 && status < 400) || status == 404 || status == 405 || status == 410;
}

/// What a status other than 2xx says for certain; nothing when the gateway may have acted.
std::optional<Error> refusedBy(const HttpResponse& answer, const std::string& gateway) {
    const int status = answer.status;
    Error error{.message = gateway + " answered " + std::to_string(status),
                .problem = "sms.http_" + std::to_string(status)};
    if (status == 429 || status == 503) {
        error.code = Errc::kUnavailable;
        error.retry_after = retryAfter(answer);
    } else if (status == 401 || status == 403 || status == 407) {
        error.code = Errc::kUnauthenticated;
        error.message += ": it does not let the hub in; check user, password and the address that it knows of the hub";
    } else if (isAddressWrong(status)) {
        error.code = Errc::kMisconfigured;
        error.message += ": url is not where it takes messages";
    } else if (status >= 400 && status < 500 && status != 408) {
        error.code = Errc::kRejected;
    } else {
        return std::nullopt;
    }
    return error;
}

std::string textOf(const Delivery& delivery) {
    if (delivery.kind == "result") return delivery.result_text;
    return delivery.message_type == "text/html" ? wordsOfHtml(delivery.message) : delivery.message;
}

}  // namespace

Sending::Sending(Options options, HostServices& services, Marks& failures)
    : options_{std::move(options)},
      services_{services},
      driver_{makeDriver(options_, options_.callback_token.empty() ? std::string{} : services.address())},
      failures_{failures},
      doubts_{services.state(), "doubt"} {}

Result<Receipt> Sending::send(const Delivery& delivery) {
    Result<Message> message = compose(delivery);
    if (!message) return std::move(message).error();
    if (!mayRepeat()) return exchange(std::move(message).value(), delivery);
    if (delivery.attempt <= 1) {
        // The first one, or a person says that it is to be sent again.
        if (const Status forgotten = doubts_.drop(delivery.id); !forgotten) return forgotten.error();
        return exchange(std::move(message).value(), delivery);
    }
    const Result<std::optional<std::int64_t>> since = doubts_.find(delivery.id);
    if (!since) return since.error();
    if (*since && services_.now() - Instant{milliseconds{**since}} >= options_.remembers)
        return Error{.code = Errc::kUnknownOutcome,
                     .message = "it may have arrived before, and the gateway may not know its id any more",
                     .problem = "sms.in_doubt"};
    return exchange(std::move(message).value(), delivery);
}

Result<Receipt> Sending::reconcile(const Delivery& delivery) {
    const Error nobody_knows{.code = Errc::kUnknownOutcome,
                             .message = std::string{driver_->name()} + " cannot be asked whether it arrived",
                             .problem = "sms.in_doubt"};
    Result<Message> message = compose(delivery);
    if (!message) return nobody_knows;  // It was sent with settings that are others now.
    if (std::optional<Result<Receipt>> told = askState(*message, delivery)) return *std::move(told);
    // The attempt that was cut short cannot have been before what the delivery is about.
    if (!mayRepeat() || services_.now() - delivery.occurred_at >= options_.remembers) return nobody_knows;
    if (!doubt(delivery, delivery.occurred_at)) return nobody_knows;
    return exchange(std::move(message).value(), delivery);
}

Result<Message> Sending::compose(const Delivery& delivery) {
    const Result<Number> number = recipientOf(delivery);
    if (!number) return number.error();
    const bool result = delivery.kind == "result";
    const auto one_time = delivery.attributes.find(kOneTimeCode);
    const bool is_code = one_time != delivery.attributes.end();
    if (!result && delivery.kind != "notice")
        return rejected("sms.kind", "a delivery of kind " + delivery.kind + " has no words for a short message");
    const Result<std::string> key = keyOf(delivery);
    if (!key) return key.error();
    Message message{.delivery = delivery.id,
                    .key = *key,
                    .request_id = driver_->requestId(*key, false),
                    .number = *number,
                    .kind = result    ? &options_.result
                            : is_code ? &options_.code
                                      : &options_.notice};
    if (options_.driver == Gateway::kVnpt && message.kind->template_id.empty())
        return rejected("sms.no_template", "no template is named for a delivery of kind " + delivery.kind);

    const std::string own_words = textOf(delivery);
    const bool too_long = message.kind->wording.quotes() && own_words.size() > kMostWords;
    const std::optional<std::string> words = too_long ? std::string{} : cleaned(own_words);
    if (!words) return Error{.code = Errc::kInternal, .message = "a text is not UTF-8", .problem = "sms.not_utf8"};
    word(message, {.code = is_code ? one_time->second : delivery.code, .link = delivery.link, .message = *words});
    if (message.text.empty() && !too_long) return rejected("sms.empty", "there are no words to send");
    const int parts = partsOf(message.text, message.alphabet);
    if (too_long || parts > options_.max_parts)
        return rejected("sms.too_long", "the text takes more than " + std::to_string(options_.max_parts) +
                                            " parts (max_parts); give this kind shorter words");
    return message;
}

/// Of which the request id is made. What the gateway said had failed, and a person sends again, needs another id: the
/// gateway would say of the old one that it had it.
Result<std::string> Sending::keyOf(const Delivery& delivery) {
    if (options_.callback_token.empty()) return delivery.idempotency_key;
    const Result<std::optional<std::int64_t>> failures = failures_.find(delivery.id);
    if (!failures) return failures.error();
    return *failures ? repeatedKey(delivery.idempotency_key, **failures) : delivery.idempotency_key;
}

Result<Number> Sending::recipientOf(const Delivery& delivery) const {
    Number number = numberOf(delivery.recipient.phone);
    switch (number.kind) {
        case NumberKind::kMobile:
            return number;
        case NumberKind::kNone:
            return fallback("sms.no_phone", "no telephone number is known");
        case NumberKind::kForeign:
            if (options_.allow_foreign) return number;
            return fallback("sms.foreign", "a number of another country (allow_foreign)");
        default:
            return fallback("sms.not_mobile", "the number is no mobile number");
    }
}

/// Unicode only where accents would be lost, and only where this number can have it.
void Sending::word(Message& message, const Values& values) const {
    const auto finished = [&](const std::string& text) {
        // Pieces that are composed each by themselves may compose anew where they meet.
        const std::string whole = cleaned(text).value_or(std::string{});
        return message.alphabet == Alphabet::kUnicode ? whole : withoutAccents(whole);
    };
    const std::string text = message.kind->wording.fill(values);
    const bool accents = alphabetOf(cleaned(text).value_or(std::string{})) == Alphabet::kUnicode;
    message.alphabet =
        accents && options_.unicode && driver_->takesUnicode(message.number) ? Alphabet::kUnicode : Alphabet::kGsm;
    message.text = finished(text);
    message.parameters.clear();
    if (message.kind->parameters.empty()) {
        for (const std::string& value : message.kind->wording.values(values))
            message.parameters.push_back(finished(value));
    } else {
        for (const Wording& parameter : message.kind->parameters)
            message.parameters.push_back(finished(parameter.fill(values)));
    }
}

Result<Receipt> Sending::exchange(Message message, const Delivery& delivery) {
    Result<Verdict> verdict = ask(message, delivery);
    if (!verdict) return std::move(verdict).error();
    if (verdict->remedy != Remedy::kPlainer) return conclude(*verdict, message, delivery);

    // The request was refused, so it did not use up its id; the second one has its own all the same, for a gateway that
    // remembers refusals too.
    Message plainer = message;
    plainer.alphabet = Alphabet::kGsm;
    const auto simpler = [&](const std::string& text) {
        return message.alphabet == Alphabet::kUnicode ? withoutAccents(text) : plainest(text);
    };
    plainer.text = simpler(message.text);
    for (std::string& parameter : plainer.parameters) parameter = simpler(parameter);
    if (plainer.text == message.text && plainer.parameters == message.parameters)
        return conclude(*verdict, message, delivery);
    plainer.request_id = driver_->requestId(message.key, true);
    verdict = ask(plainer, delivery);
    return verdict ? conclude(*verdict, plainer, delivery) : Result<Receipt>{std::move(verdict).error()};
}

/// One request. An error is what the hub is to be told; a verdict is what the gateway said.
Result<Verdict> Sending::ask(const Message& message, const Delivery& delivery) {
    const std::string gateway{driver_->name()};
    Result<HttpResponse> answer =
        services_.http().perform(driver_->request(message), {.timeout = options_.timeout, .max_body = kMostAnswer});
    if (!answer) {
        const Errc code = answer.error().code;
        if (code == Errc::kUnavailable || code == Errc::kMisconfigured) return std::move(answer).error();
        return unanswered(delivery, gateway + " did not answer in time");
    }
    if (answer->status == 500)
        if (std::optional<Verdict> fault = driver_->readFault(answer->body)) return *std::move(fault);
    if (answer->status < 200 || answer->status >= 300) {
        std::optional<Error> refusal = refusedBy(*answer, gateway);
        if (refusal) return *std::move(refusal);
        return unanswered(delivery, gateway + " answered " + std::to_string(answer->status));
    }
    Result<Verdict> verdict = driver_->read(answer->body, message);
    if (!verdict) return unanswered(delivery, gateway + " gave " + verdict.error().message);
    return verdict;
}

/// An earlier time that is known stays.
Status Sending::doubt(const Delivery& delivery, Instant since) {
    const std::int64_t at = since.time_since_epoch().count();
    const Result<std::optional<std::int64_t>> known = doubts_.find(delivery.id);
    if (!known) return known.error();
    return *known && **known <= at ? Status{Done{}} : doubts_.put(delivery.id, at);
}

/// The message may have been sent. Where the gateway knows its id again, it may be sent under the same id until the
/// gateway forgets it; else nothing is sent again by itself.
Error Sending::unanswered(const Delivery& delivery, const std::string& why) {
    Error unknown{.code = Errc::kUnknownOutcome, .message = why, .problem = "sms.unanswered"};
    if (!mayRepeat() || !doubt(delivery, services_.now())) return unknown;
    return {.code = Errc::kUnavailable,
            .message = why + "; it is sent again under the same id",
            .problem = "sms.unanswered"};
}

/// What the gateway says of a message when asked; nothing when it cannot be asked, or does not know.
std::optional<Result<Receipt>> Sending::askState(const Message& message, const Delivery& delivery) {
    const std::optional<HttpRequest> question = driver_->question(message);
    if (!question) return std::nullopt;
    const Result<HttpResponse> answer =
        services_.http().perform(*question, {.timeout = options_.timeout, .max_body = kMostAnswer});
    if (!answer || answer->status != 200) return std::nullopt;
    const std::optional<Verdict> state = driver_->readState(answer->body);
    if (!state) return std::nullopt;
    return conclude(*state, message, delivery);
}

Result<Receipt> Sending::conclude(const Verdict& verdict, const Message& message, const Delivery& delivery) const {
    Error error{.code = Errc::kRejected,
                .message = std::string{driver_->name()} + ' ' + verdict.code + ": " + verdict.meaning,
                .problem = problemOf(*driver_, verdict.code)};
    switch (verdict.remedy) {
        case Remedy::kSent:
        case Remedy::kSentBefore:
            return Receipt{.already = verdict.remedy == Remedy::kSentBefore,
                           // By our id the gateway finds the message as well.
                           .reference = verdict.reference.empty() ? message.request_id : verdict.reference,
                           .attributes = {{"parts", std::to_string(partsOf(message.text, message.alphabet))}}};
        case Remedy::kAgain:
            error.code = Errc::kUnavailable;
            error.retry_after = kTooFast;
            break;
        case Remedy::kAgainTwice:
            if (delivery.attempt < kAttemptsBeforeAPerson) error.code = Errc::kUnavailable;
            break;
        case Remedy::kLater:
            error.code = Errc::kDeferred;
            error.not_before = services_.now() + options_.window_retry;
            break;
        case Remedy::kNotThisNumber:
            error.code = Errc::kFallback;
            break;
        case Remedy::kWording:
            if (!message.kind->wording.quotes()) error.code = Errc::kMisconfigured;
            break;
        case Remedy::kPause:
            error.code = Errc::kUnauthenticated;
            break;
        case Remedy::kMend:
            error.code = Errc::kMisconfigured;
            break;
        case Remedy::kPlainer:
        case Remedy::kNever:
            break;
    }
    return error;
}

}  // namespace pakn::out_sms
