#pragma once
/// @file
/// Keys of what leaves and of who is told.

#include "core/config/document.hpp"

namespace pakn::config {

template <>
std::span<const Key<DeliverySection>> keysOf<DeliverySection>();
template <>
std::span<const Key<ReplySection>> keysOf<ReplySection>();
template <>
std::span<const Key<NoticeRuleSection>> keysOf<NoticeRuleSection>();
template <>
std::span<const Key<TemplatesSection>> keysOf<TemplatesSection>();

/// What may be said of a delivery only together.
void checkDelivery(Reader& reader, const Node& node, const DeliverySection& delivery);
/// Remembers where a rule stands.
void markRule(Reader& reader, const Node& node, NoticeRuleSection& rule);

}  // namespace pakn::config
