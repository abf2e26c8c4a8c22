#pragma once
/// @file
/// The petitioner as a JSON object, before sealing and after opening.

#include <string>
#include <string_view>

#include "core/store/store.hpp"

namespace pakn::store {

std::string encodePerson(const Person& person);
/// Throws DamagedRow.
Person decodePerson(std::string_view json);

}  // namespace pakn::store
