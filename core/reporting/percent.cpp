#include "core/reporting/percent.hpp"

namespace pakn::reporting {

std::int64_t percent(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : (200 * part + whole) / (2 * whole);
}

}  // namespace pakn::reporting
