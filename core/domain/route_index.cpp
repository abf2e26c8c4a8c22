#include "core/domain/route_index.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <map>

#include "core/domain/routing.hpp"

namespace pakn::domain {

namespace {

/// What a set of so many bytes of patterns may take, for itself and for what it remembers while it reads texts.
constexpr std::int64_t kMemory = 16LL << 20U;
constexpr std::int64_t kMemoryPerByte = 64;

}  // namespace

struct RouteIndex::Texts {
    explicit Texts(const RE2::Options& options) : set{options, RE2::UNANCHORED} {}
    RE2::Set set;
    std::vector<Places> routes;  // Of each member of the set.
};

RouteIndex::RouteIndex() = default;
RouteIndex::~RouteIndex() = default;

/// Puts each route where the fewest petitions will find it.
struct RouteIndex::Builder {
    /// How many routes share a value.
    using Shares = std::map<std::string, std::size_t, std::less<>>;

    explicit Builder(std::span<const Route> all) : routes{all} {
        for (const Route& one : routes) {
            count(one.when.category, category);
            count(one.when.area, area);
            count(one.when.channel, channel);
            count(one.when.petition_class, petition_class);
            count(textsOf(one), texts);
        }
    }

    /// The phrases, quoted, or else the patterns of a route; none: it does not look at the text.
    static std::vector<std::string> textsOf(const Route& route) {
        std::vector<std::string> all;
        for (const std::string& phrase : route.when.text_any_folded) all.push_back(RE2::QuoteMeta(phrase));
        if (!all.empty()) return all;
        for (const TextPattern& pattern : route.when.text_match) all.push_back(pattern.folded());
        return all;
    }

    static void count(const std::vector<std::string>& values, Shares& shares) {
        for (const std::string& value : values) ++shares[value];
    }

    /// Routes that a petition with one of these values is compared with; more than any number when none is wanted.
    [[nodiscard]] static std::size_t cost(const std::vector<std::string>& values, const Shares& shares) {
        if (values.empty()) return SIZE_MAX;
        std::size_t all = 0;
        for (const std::string& value : values) all = std::max(all, shares.find(value)->second);
        return all;
    }

    std::span<const Route> routes;
    Shares category, area, channel, petition_class, texts;
};

Result<std::shared_ptr<const RouteIndex>> RouteIndex::build(std::span<const Route> routes) {
    const std::shared_ptr<RouteIndex> index{new RouteIndex};
    index->routes_ = routes.size();
    Builder builder{routes};
    std::map<std::string, Places> by_text;
    std::int64_t bytes = 0;
    for (std::uint32_t place = 0; place < routes.size(); ++place) {
        const Conditions& when = routes[place].when;
        const std::vector<std::string> texts = Builder::textsOf(routes[place]);
        const auto put = [&](const std::vector<std::string>& values, ByValue& into) {
            for (const std::string& value : values)
                if (Places& places = into[value]; places.empty() || places.back() != place) places.push_back(place);
        };
        const std::size_t costs[] = {Builder::cost(texts, builder.texts), Builder::cost(when.area, builder.area),
                                     Builder::cost(when.category, builder.category),
                                     Builder::cost(when.petition_class, builder.petition_class),
                                     Builder::cost(when.channel, builder.channel)};
        const auto cheapest = std::min_element(std::begin(costs), std::end(costs)) - std::begin(costs);
        if (costs[cheapest] == SIZE_MAX) {
            index->always_.push_back(place);
        } else if (cheapest == 0) {
            for (const std::string& text : texts) {
                Places& places = by_text[text];
                if (places.empty()) bytes += static_cast<std::int64_t>(text.size());
                if (places.empty() || places.back() != place) places.push_back(place);
            }
        } else if (cheapest == 1) {
            put(when.area, index->area_);
        } else if (cheapest == 2) {
            put(when.category, index->category_);
        } else if (cheapest == 3) {
            put(when.petition_class, index->petition_class_);
        } else {
            put(when.channel, index->channel_);
        }
    }
    if (by_text.empty()) return std::shared_ptr<const RouteIndex>{index};
    RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(kMemory + kMemoryPerByte * bytes);
    index->texts_ = std::make_unique<Texts>(options);
    for (auto& [text, places] : by_text) {
        std::string wrong;
        if (index->texts_->set.Add(text, &wrong) < 0) return Error{.code = Errc::kInvalid, .message = std::move(wrong)};
        index->texts_->routes.push_back(std::move(places));
    }
    if (!index->texts_->set.Compile())
        return Error{.code = Errc::kTooLarge,
                     .message = "the phrases and patterns of all routes together need more memory than they may"};
    return std::shared_ptr<const RouteIndex>{index};
}

std::optional<std::size_t> RouteIndex::first(const RoutingFacts& facts,
                                             const std::function<bool(std::size_t)>& holds) const {
    std::size_t best = routes_;
    const auto look = [&](const Places& places) {
        for (const std::uint32_t place : places) {
            if (place >= best) return;
            if (!holds(place)) continue;
            best = place;
            return;
        }
    };
    const auto lookUp = [&](const ByValue& by_value, const std::string& value) {
        if (const auto found = by_value.find(value); found != by_value.end()) look(found->second);
    };
    look(always_);
    lookUp(area_, facts.area);
    lookUp(category_, facts.category);
    lookUp(petition_class_, facts.petition_class);
    lookUp(channel_, facts.channel);
    if (texts_) {
        std::vector<int> found;
        RE2::Set::ErrorInfo error{};
        const re2::StringPiece text{facts.folded_text.data(), facts.folded_text.size()};
        if (texts_->set.Match(text, &found, &error)) {
            for (const int member : found) look(texts_->routes[static_cast<std::size_t>(member)]);
        } else if (error.kind != RE2::Set::kNoError) {
            // No memory for this text: each route is looked at, as without an index.
            for (std::size_t place = 0; place < best; ++place)
                if (holds(place)) best = place;
        }
    }
    return best == routes_ ? std::nullopt : std::optional{best};
}

}  // namespace pakn::domain
