#pragma once
/// @file
/// Encodes, seals and hashes what changes bring to the journal, beside the thread that decides the next ones: that is a
/// quarter of the processor time of a petition, and needs nothing but the change itself.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/store/journal_entry.hpp"

namespace pakn::store {

/// The row of a new petition's person.
struct SealedPerson {
    std::string wrapped_key;
    std::string sealed;
    std::optional<std::string> phone_index;
    std::optional<std::string> citizen_index;
    std::optional<std::string> reply_index;
};

/// One change in the form in which it is stored.
struct SealedChange {
    std::vector<JournalEntry> entries;   ///< One for each event.
    std::optional<SealedPerson> person;  ///< Of a birth.
};

/// What a change brings to be sealed. The events stay where they are until the change is sealed.
struct Sealing {
    std::span<const domain::Event> events;  ///< At least one.
    std::shared_ptr<const Birth> birth;     ///< May be null.
    security::Key data_key;
};

class Sealer {
    class Ticket;

public:
    /// A change that is being sealed, or will be when somebody asks for it. One thread.
    class Pending {
    public:
        explicit Pending(std::shared_ptr<Ticket> ticket) : ticket_{std::move(ticket)} {}
        Pending(Pending&&) = default;
        Pending& operator=(Pending&&) = delete;
        /// Afterwards nobody looks at the events any more.
        ~Pending();
        /// Waits when the sealer is at it, else seals here. Throws what sealing threw.
        const SealedChange& get();

    private:
        std::shared_ptr<Ticket> ticket_;
    };

    /// `hub_key` outlives it.
    explicit Sealer(const security::HubKey& hub_key);
    ~Sealer();
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;

    /// Sealed by the thread of this sealer when it comes to it before anybody asks.
    Pending start(Sealing sealing);
    /// Sealed by whoever asks: for a change that comes alone, which a second thread would only delay.
    Pending put(Sealing sealing);

private:
    void loop();

    const security::HubKey& hub_key_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::shared_ptr<Ticket>> waiting_;  // Guarded by mutex_, as the next.
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace pakn::store
