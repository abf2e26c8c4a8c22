#pragma once
/// @file
/// How the fields of an event are named: the journal's payload format comes from these tables alone.

#include <string_view>

namespace pakn::domain {

/// A named member of an event struct.
template <class Struct, class Member>
struct Field {
    std::string_view name = {};
    Member Struct::*member;
};
template <class Struct, class Member>
Field(const char*, Member Struct::*) -> Field<Struct, Member>;

}  // namespace pakn::domain
