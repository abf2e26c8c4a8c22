#pragma once
/// @file
/// Every address of the API: README.md and openapi.yaml are held against this table.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace pakn::in_mobile {

enum class Call : std::uint8_t {
    kSendCode,
    kSignIn,
    kSignOut,
    kMe,
    kForm,
    kBeginUpload,
    kShowUpload,
    kPutPart,
    kDropUpload,
    kSubmit,
    kListOwn,
    kShowOwn,
    kOwnFile,
    kRate,
    kSupplement,
    kReopen,
    kSendPetitionCode,
    kOpenPetition,
    kNotifications,
    kKeepDevice,
    kForgetDevice,
    kListPublic,
    kShowPublic,
    kPublicFile,
};

/// Who may call.
enum class Who : std::uint8_t {
    kAnybody,
    kSignedIn,
    kWriter,  ///< Who is signed in; with `sign_in: optional` anybody.
    kSender,  ///< Whose petition it is: signed in, or with its tracking token.
};
std::string_view nameOf(Who who);

struct Route {
    Call call;
    std::string_view method;
    std::string_view path;  ///< Below the mount; {names} stand for one part.
    Who who;
    std::string_view what;
};

std::span<const Route> routes();

/// What stood for the {names}, percent-decoded.
using PathParts = std::map<std::string, std::string, std::less<>>;

struct Found {
    const Route* route = nullptr;  ///< Null: there is none of that path and method.
    PathParts parts = {};
    std::string allow = {};  ///< Methods that the path has, where the method is not one of them.
};

/// `path` without its query.
Found findRoute(std::string_view method, std::string_view path);

/// The table of README.md.
std::string routeTable();

/// %XX to bytes; nothing else is changed. Empty parts and broken escapes stay as they are.
std::string percentDecoded(std::string_view text);

}  // namespace pakn::in_mobile
