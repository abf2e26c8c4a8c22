#pragma once
/// @file
/// A petition for its sender: /tra-cuu and /phan-anh/{code}. The petition's secret is in a cookie under the petition's
/// own address; in an address it stands at most once, when somebody comes by the link, and is taken out of it at once.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/inbox.hpp"
#include "parts.hpp"

namespace pakn::in_web {

/// What the sender may say of a petition.
enum class Saying : std::uint8_t { kSupplement, kRating, kReopening };

/// Which of it the page offers in this state. The hub decides again when it comes.
struct Offered {
    bool supplement = false;
    bool rating = false;
    bool reopening = false;
};
Offered offeredIn(const PublicPetition& petition);

/// Safe from any thread.
class Tracking {
public:
    explicit Tracking(const Parts& parts) : parts_{parts} {}

    /// GET /tra-cuu[?ma=]
    HttpResponse find(Visit& visit) const;
    /// POST /tra-cuu: with the secret to the petition, or a one-time code on its way.
    HttpResponse lookUp(Visit& visit) const;
    /// POST /tra-cuu/ma: the one-time code comes back.
    HttpResponse openByCode(Visit& visit) const;

    /// GET /phan-anh/{code}[?token=]
    HttpResponse show(Visit& visit, const std::string& code) const;
    /// GET /phan-anh/{code}/tep/{sha256}
    HttpResponse file(Visit& visit, const std::string& code, std::string_view sha256) const;
    /// POST /phan-anh/{code}/{bo-sung|danh-gia|xem-lai}
    HttpResponse say(Visit& visit, Inbox& inbox, const std::string& code, Saying saying) const;
    /// POST /phan-anh/{code}/quen: the browser forgets the secret.
    HttpResponse forget(Visit& visit, const std::string& code) const;

private:
    /// What somebody typed who is shown the page again.
    struct Typed {
        std::optional<Saying> saying = {};
        std::string text = {};
        std::string rating = {};
        std::vector<FieldError> errors = {};
        int status = 200;
    };
    struct Look {
        std::string code = {};
        std::vector<FieldError> errors = {};
        int status = 200;
    };

    void countWrong(const Visit& visit, std::string_view counter) const;
    HttpResponse findPage(Visit& visit, const Look& look) const;
    HttpResponse codePage(Visit& visit, const std::string& code, const std::string& challenge,
                          const std::vector<FieldError>& errors, int status) const;
    HttpResponse sendCode(Visit& visit, const std::string& code) const;
    HttpResponse opened(Visit& visit, const std::string& code, const std::string& secret) const;
    HttpResponse page(Visit& visit, const PublicPetition& petition, const Typed& typed) const;
    HttpResponse askForSecret(Visit& visit, const std::string& code) const;
    Result<Data> sayingsOf(Visit& visit, const PublicPetition& petition, const Typed& typed) const;

    const Parts& parts_;
};

}  // namespace pakn::in_web
