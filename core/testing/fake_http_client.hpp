#pragma once
/// @file
/// An HTTP client that reaches nobody: it records requests and answers as the test says.

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "pakn/sdk/http.hpp"

namespace pakn::testing {

/// Safe from any thread.
class FakeHttpClient final : public HttpClient {
public:
    using Peer = std::function<Result<HttpResponse>(const HttpRequest&, const Limits&)>;

    Result<HttpResponse> perform(const HttpRequest& request, const Limits& limits) override {
        const std::lock_guard lock{mutex_};
        requests_.push_back(request);
        return peer_(request, limits);
    }

    /// What answers from now on; at first everything is 200 without a body.
    void setPeer(Peer peer) {
        const std::lock_guard lock{mutex_};
        peer_ = std::move(peer);
    }
    void answer(HttpResponse response) {
        setPeer([response = std::move(response)](const HttpRequest&, const Limits&) { return response; });
    }
    void fail(Error error) {
        setPeer([error = std::move(error)](const HttpRequest&, const Limits&) { return error; });
    }

    [[nodiscard]] std::vector<HttpRequest> requests() const {
        const std::lock_guard lock{mutex_};
        return requests_;
    }

private:
    mutable std::mutex mutex_;
    Peer peer_ = [](const HttpRequest&, const Limits&) { return HttpResponse{}; };
    std::vector<HttpRequest> requests_;
};

}  // namespace pakn::testing
