#pragma once
/// @file
/// The hub's side of what it lends: requests of a child become calls of HostServices and Inbox.

#include "core/isolation/protocol.hpp"

namespace pakn::isolation {

/// Does one request of a child. `inbox` is null where there is none to put things into: then such requests fail with
/// kUnavailable. The answer; a frame without a type where none is wanted; kInvalid when it is no request.
Result<Frame> serveLent(Frame&& request, HostServices& services, Inbox* inbox);

/// The answer to a request: a value or an error.
template <class T>
Result<Frame> answerWith(const Result<T>& result) {
    Writer writer;
    writer(result);
    Result<Frame> frame = std::move(writer).finish(static_cast<std::uint8_t>(Type::kAnswer));
    if (frame) return frame;
    Writer instead;  // What cannot be handed on is an error for whoever asked, not the end of the lane.
    instead(Result<T>{frame.error()});
    return std::move(instead).finish(static_cast<std::uint8_t>(Type::kAnswer));
}

}  // namespace pakn::isolation
