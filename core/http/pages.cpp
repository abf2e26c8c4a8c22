/// @file
/// Files that are built in: the sign-in page and the API's description. CMake embeds them (see CMakeLists.txt).

#include "core/http/embedded.hpp"
#include "core/http/handlers.hpp"

namespace pakn::http {
namespace {

Response text(std::string_view body, std::string type) {
    return {.body = std::string{body}, .content_type = std::move(type)};
}

}  // namespace

Response signInPage(const Call&) {
    Response response = text(embedded::kSignInHtml, "text/html; charset=utf-8");
    // Only this page's own files and calls; no inline code, no foreign host.
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                                  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    return response;
}

Response signInScript(const Call&) { return text(embedded::kSignInScript, "text/javascript; charset=utf-8"); }

Response signInStyle(const Call&) { return text(embedded::kSignInStyle, "text/css; charset=utf-8"); }

Response openapiDocument(const Call&) { return text(embedded::kOpenapi, "application/yaml; charset=utf-8"); }

}  // namespace pakn::http
