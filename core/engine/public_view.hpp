#pragma once
/// @file
/// Public records over the store: what plugins show to citizens.

#include <mutex>
#include <optional>
#include <string>

#include "core/engine/hub.hpp"
#include "pakn/sdk/records.hpp"

namespace pakn::engine {

/// Safe from any thread.
class PublicView final : public PublicRecords {
public:
    explicit PublicView(const Hub& hub) : hub_{hub} {}

    Result<PublicPetition> track(std::string_view code, std::string_view secret) override;
    Result<Content> file(std::string_view code, std::string_view secret, std::string_view sha256) override;
    Result<PublicPage> list(const PublicFilter& filter) override;
    Result<PublicPetition> show(std::string_view code) override;
    Result<Content> answerFile(std::string_view code, std::string_view sha256) override;
    Result<std::vector<PublicName>> categories() override;
    Result<std::vector<PublicName>> areas() override;
    Result<PublicStatistics> statistics() override;
    Result<PublicCitizen> citizen(std::string_view session) override;
    Result<PublicPage> search(const PublicSearch& wanted) override;
    Result<PublicLabel> problem(std::string_view id) override { return hub_.problemLabel(id); }

private:
    Result<domain::Petition> published(std::string_view code);
    Result<PublicStatistics> count();

    const Hub& hub_;
    std::mutex mutex_;
    std::optional<PublicStatistics> counted_;
};

/// The petition that a code and its tracking token open together. A wrong token and an unknown code get the same
/// kNotFound; codes are no secret, tokens are, and are compared in constant time.
Result<domain::Petition> openByToken(store::Store& store, std::string_view code, std::string_view token);

}  // namespace pakn::engine
