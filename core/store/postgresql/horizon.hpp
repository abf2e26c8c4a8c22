#pragma once
/// @file
/// Up to where the journal is complete. Events get their numbers when they are written, but show when their transaction
/// commits: one with a smaller number may come later than one with a greater.

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "core/store/postgresql/connection.hpp"

namespace pakn::store::postgresql {

/// Safe from any thread.
///
/// Whoever inserts into `events` holds a lock of that table from before the first number until the end of the
/// transaction. So: take the last number that was given, then see who holds such a lock; when they all have ended,
/// every number up to there is committed or will never be.
class Horizon {
public:
    /// Asks the server where things stand; queries that begin after this see all events up to the number it returns.
    std::int64_t look(Connection& connection);

private:
    std::mutex mutex_;
    std::int64_t complete_ = 0;
    std::int64_t candidate_ = 0;
    std::set<std::string> writers_;  // Who has to end before `candidate_` is complete.
};

}  // namespace pakn::store::postgresql
