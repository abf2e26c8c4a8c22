#pragma once
/// @file
/// Where the areas of the configuration lie.

#include <memory>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/sources.hpp"
#include "core/domain/places.hpp"

namespace pakn::config {

/// Null where no areas are named. Of the file of outlines `files`, and so the kept text of the configuration, get the
/// digest alone: it is large, and no rule.
std::shared_ptr<const domain::Places> compilePlaces(Reader& reader, const PlacesSection& section,
                                                    const domain::Areas& areas, std::vector<SourceFile>& files,
                                                    std::vector<EffectiveValue>& values);

}  // namespace pakn::config
