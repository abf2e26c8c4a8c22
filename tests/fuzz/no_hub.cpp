/// @file
/// Readers of requests stand beside a function that hands requests to the hub. No harness gets there, so that none has
/// to be linked with all of the hub.

#include <cstdlib>

#include "core/engine/hub.hpp"

namespace pakn::engine {

std::optional<Result<HttpResponse>> Hub::handle(std::string_view, HttpRequest) { std::abort(); }

}  // namespace pakn::engine
