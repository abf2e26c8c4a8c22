#pragma once
/// @file
/// What everybody may see: the first page, and the public list with what stands in it. Safe from any thread.

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "parts.hpp"

namespace pakn::in_web {

class PublicList {
public:
    explicit PublicList(const Parts& parts) : parts_{parts} {}

    /// GET /
    HttpResponse home(Visit& visit) const;
    /// GET /cong-khai?linh-vuc=&dia-ban=&trang-thai=&sau=
    HttpResponse list(Visit& visit) const;
    /// GET /cong-khai/{code}
    HttpResponse show(Visit& visit, const std::string& code) const;
    /// GET /cong-khai/{code}/tep/{sha256}: a file of the answer.
    HttpResponse file(Visit& visit, const std::string& code, std::string_view sha256) const;

private:
    HttpResponse missing(Visit& visit) const;
    /// Those answered last, the last one first.
    std::vector<PublicPetition> answeredLately() const;

    const Parts& parts_;
    mutable std::mutex lately_mutex_;
    mutable std::vector<PublicPetition> lately_;
    mutable Instant lately_until_ = {};  ///< So long they are shown again.
};

}  // namespace pakn::in_web
