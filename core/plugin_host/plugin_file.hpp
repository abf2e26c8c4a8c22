#pragma once
/// @file
/// A plugin's file, opened once: every check and the load itself use this one descriptor, so nobody can put another
/// file in its place between the look and the leap.

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <type_traits>

#include "pakn/sdk/descriptor.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::plugin_host {

class PluginFile {
public:
    /// Opens a regular file without waiting (a FIFO named x.so must not stop the hub). kMisconfigured.
    static Result<PluginFile> open(const std::filesystem::path& path);
    /// The same with a descriptor that is open already, and closed by this in any case.
    static Result<PluginFile> adopt(int descriptor);

    PluginFile(PluginFile&& other) noexcept;
    PluginFile& operator=(PluginFile&& other) noexcept;
    PluginFile(const PluginFile&) = delete;
    PluginFile& operator=(const PluginFile&) = delete;
    ~PluginFile();

    /// The name under which the opened file itself can be loaded, whatever stands at its path by now.
    [[nodiscard]] std::string loadPath() const;
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Another descriptor of the opened file, the caller's to close; -1 when there is none to be had.
    [[nodiscard]] int duplicate() const;

    /// `count` bytes at `offset`; nothing when the file does not hold all of them or cannot be read.
    [[nodiscard]] std::optional<std::string> read(std::uint64_t offset, std::uint64_t count) const;

    /// Of all its bytes, as 64 hex digits. kMisconfigured when they cannot be read.
    [[nodiscard]] Result<std::string> sha256() const;

    /// One T at `offset`, in the machine's byte order.
    template <class T>
    [[nodiscard]] std::optional<T> readAs(std::uint64_t offset) const {
        static_assert(std::is_trivially_copyable_v<T>);
        const std::optional<std::string> bytes = read(offset, sizeof(T));
        if (!bytes) return std::nullopt;
        T value;
        std::memcpy(&value, bytes->data(), sizeof(T));
        return value;
    }

private:
    PluginFile(int descriptor, std::uint64_t size) : descriptor_{descriptor}, size_{size} {}

    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

/// All checks that need no code of the plugin: what inspect() promises, on an opened file.
Result<AbiTag> inspect(const PluginFile& file);

}  // namespace pakn::plugin_host
