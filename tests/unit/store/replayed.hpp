#pragma once
/// @file
/// A history as the store gives it back: each event written as its payload and read again.

#include "core/store/event_codec.hpp"
#include "tests/unit/domain/walk.hpp"

namespace pakn::test {

/// The journal as it is kept gives the state that the walk came to.
inline void expectReplayed(const domain::walk::Walk& walk) {
    domain::Petition state;
    for (const domain::Event& event : walk.journal) {
        domain::Event kept = event;
        kept.data = store::decodePayload(event.kind(), store::encodePayload(event.data));
        state = apply(std::move(state), kept);
    }
    EXPECT_TRUE(state == walk.petition) << "the journal as it is kept gives another state";
}

}  // namespace pakn::test
