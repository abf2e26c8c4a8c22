/// @file
/// Goals P11 and P15: lists, search, statistics and an idle poll of timers over many petitions, and what one more
/// petition costs when many are there. Petitions are made by the store itself, sealed like any: three years of them,
/// ninety in a hundred answered, over 40 units, 20 categories, 6 channels and 60 wards.
///
/// reports_bench DIRECTORY PETITIONS QUERIES prints one line of JSON. The directory is kept: a store of that size that
/// is there already is used again.

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <stdexcept>

#include "core/reporting/follower.hpp"
#include "core/reporting/search_text.hpp"
#include "core/reporting/statistics.hpp"
#include "tests/unit/store/samples.hpp"

namespace {

namespace fs = std::filesystem;
using namespace pakn;
using Clock = std::chrono::steady_clock;
using reporting::Statistic;
using store::Grouping;

constexpr int kBatch = 200;
constexpr int kProbe = 4000;  ///< Petitions whose cost is measured.
constexpr Instant kNow = test::kMorning + std::chrono::hours{24 * 3 * 365};

constexpr std::array<std::string_view, 24> kTopics{
    "đèn đường hỏng",      "hố ga mất nắp",       "rác chưa thu gom",    "nước thải tràn",   "cây xanh gãy đổ",
    "ổ gà mặt đường",      "mất nước sạch",       "cúp điện kéo dài",    "ồn ào ban đêm",    "lấn chiếm vỉa hè",
    "xe đỗ sai quy định",  "tín hiệu giao thông", "cáp viễn thông võng", "hồ sơ chậm trả",   "thái độ phục vụ",
    "xây dựng không phép", "chó thả rông",        "đốt rác gây khói",    "ngập khi mưa lớn", "biển báo mờ",
    "trộm cắp vặt",        "quán nhậu ồn",        "nắp cống vỡ",         "thiếu thùng rác"};
constexpr std::array<std::string_view, 60> kFiller{
    "tại",  "khu",  "vực",  "phường", "xã",   "thôn", "tổ",    "dân",   "phố",   "gần",   "trường", "chợ",
    "bệnh", "viện", "cầu",  "ngõ",    "số",   "nhà",  "đối",   "diện",  "người", "đi",    "bộ",     "trẻ",
    "em",   "nguy", "hiểm", "buổi",   "tối",  "sáng", "nhiều", "ngày",  "tuần",  "tháng", "đã",     "báo",
    "chưa", "ai",   "xử",   "lý",     "mong", "cơ",   "quan",  "chức",  "năng",  "sớm",   "kiểm",   "tra",
    "khắc", "phục", "xin",  "cảm",    "ơn",   "rất",  "lâu",   "không", "thể",   "qua",   "lại",    "được"};

double cpuSeconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Small numbers come often.
int skewed(std::mt19937& random, int most) {
    const double x = std::uniform_real_distribution{0.0, 1.0}(random);
    return std::min(most - 1, static_cast<int>(x * x * most));
}

std::string contentOf(std::mt19937& random, int index) {
    std::string text{kTopics[static_cast<std::size_t>(skewed(random, kTopics.size()))]};
    for (int i = 0; i < 90; ++i)
        text.append(" ").append(kFiller[static_cast<std::size_t>(skewed(random, kFiller.size()))]);
    return text + " biển" + std::to_string(index % 50'000);  // A word that twenty petitions of a million have.
}

/// The `index`-th petition: what comes in, and what becomes of it.
std::vector<store::Change> petition(std::mt19937& random, int index, int of) {
    char id[40];
    std::snprintf(id, sizeof id, "%08x-0000-7000-8000-000000000000", index);
    test::Story story{id};
    const Instant at = test::kMorning + std::chrono::minutes{std::int64_t{3} * 365 * 24 * 60 * index / of};
    domain::Received born = test::received("c" + std::to_string(index));
    born.channel = "channel-" + std::to_string(skewed(random, 6));
    born.category = "category-" + std::to_string(skewed(random, 20));
    born.area = std::to_string(19'700 + skewed(random, 60));
    born.title = kTopics[static_cast<std::size_t>(skewed(random, kTopics.size()))];
    born.content = contentOf(random, index);
    born.address = "Số " + std::to_string(index % 200) + " phố Mẫu";
    store::Person who = test::person();
    who.petitioner.phone = "+849" + std::to_string(10'000'000 + index / 3);
    who.petitioner.citizen_id = "";
    std::vector<store::Change> changes;
    changes.push_back(story.begins({born, test::routed(at + std::chrono::hours{8}, at + std::chrono::hours{15 * 24})},
                                   {"key:web:" + std::to_string(index)}, at));
    changes.back().birth = std::make_shared<const store::Birth>(
        store::Birth{.person = who, .inbox_keys = {"key:web:" + std::to_string(index)}, .body_hash = "body"});
    const int fate = std::uniform_int_distribution{0, 99}(random);
    const std::string unit = "unit-" + std::to_string(skewed(random, 40));
    std::vector<domain::EventData> life{test::distributed(unit, at + std::chrono::hours{7 * 24})};
    if (fate < 8) {
        domain::Returned back;
        back.unit = unit;
        back.status = domain::Status::kReturned;
        life.push_back(back);
        life.push_back(
            test::distributed("unit-" + std::to_string(skewed(random, 40)), at + std::chrono::hours{9 * 24}));
    }
    // What came lately is open still; else hardly anything.
    const bool open = index > of - of / 20 ? fate < 90 : fate > 97;
    if (!open) {
        domain::Approved approved;
        approved.text = "Đơn vị đã kiểm tra và khắc phục xong, cảm ơn người dân đã phản ánh.";
        approved.status = domain::Status::kApproved;
        life.push_back(approved);
        domain::Released released;
        released.status = domain::Status::kAnswered;
        life.push_back(released);
    }
    changes.push_back(story.happens(life, at + std::chrono::hours{24 * (1 + skewed(random, 30))}));
    return changes;
}

void commit(store::Store& store, std::vector<store::Change> changes) {
    auto transaction = store.begin();
    if (!transaction) throw std::runtime_error{transaction.error().message};
    for (store::Change& change : changes) (*transaction)->append(std::move(change));
    if (const Status done = (*transaction)->commit(); !done) throw std::runtime_error{done.error().message};
}

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().message};
    return std::move(*result);
}

double followAll(store::Store& store) {
    const double before = cpuSeconds();
    while (must(reporting::follow(store, 1000)).more) {
    }
    return cpuSeconds() - before;
}

/// Makes petitions up to `wanted` of `of`; CPU seconds a petition over the last of them: intake, follower.
std::pair<double, double> growTo(store::Store& store, int& have, int wanted, int of) {
    double intake = 0;
    double follower = 0;
    int measured = 0;
    while (have < wanted) {
        const bool probing = wanted - have <= kProbe;
        std::mt19937 random{static_cast<unsigned>(have)};
        std::vector<store::Change> changes;
        const int before = have;
        for (int i = 0; i < kBatch && have < wanted; ++i)
            for (store::Change& change : petition(random, have++, of)) changes.push_back(std::move(change));
        const double start = cpuSeconds();
        commit(store, std::move(changes));
        if (probing) intake += cpuSeconds() - start;
        const double followed = followAll(store);
        if (probing) follower += followed;
        if (probing) measured += have - before;
        if (have % 20'000 == 0) std::cerr << "  " << have << " petitions\n";
    }
    return {intake / measured, follower / measured};
}

/// The 95th of a hundred, in milliseconds, and the median.
std::pair<double, double> timed(int times, const std::function<void(int)>& work) {
    std::vector<double> took;
    for (int i = 0; i < times; ++i) {
        const Clock::time_point start = Clock::now();
        work(i);
        took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    std::sort(took.begin(), took.end());
    return {took[took.size() * 95 / 100], took[took.size() / 2]};
}

void listOnce(store::Store& store, int i) {
    store::PetitionFilter filter;
    if (i % 4 == 1) filter.unit = "unit-" + std::to_string(i % 40);
    if (i % 4 == 2) filter.progress = domain::Progress::kOverdue;
    if (i % 4 == 3) filter.category = "category-" + std::to_string(i % 20);
    must(store.petitions(filter, {}, kNow));
}

void searchOnce(store::Store& store, int i) {
    static const std::array<std::string, 6> kTexts{"den duong", "\"ho ga mat nap\"", "cap vien thong chua xu ly",
                                                   "khong",     "trom cap cho",      "nuoc sach \"kiem tra\""};
    store::ReportFilter filter;
    std::string text = kTexts[static_cast<std::size_t>(i) % kTexts.size()];
    if (i % 7 == 0) text = "bien" + std::to_string(i * 37 % 50'000);
    if (i % 3 == 0) filter.held_by = {"unit-" + std::to_string(i % 40)};
    filter.text = reporting::parseSearch(text);
    must(store.foundPetitions(filter, {}, kNow));
}

void countOnce(store::Store& store, int i) {
    static constexpr std::array kWhat{Statistic::kStatus,  Statistic::kChannels, Statistic::kIdentity,
                                      Statistic::kRatings, Statistic::kProgress, Statistic::kReturns};
    const Statistic what = kWhat[static_cast<std::size_t>(i) % kWhat.size()];
    store::ReportFilter filter;
    if (i % 3 == 1) {  // Some months that begin and end in the middle of one.
        filter.from = test::kMorning + std::chrono::hours{24 * (i * 7 % 700)};
        filter.to = *filter.from + std::chrono::hours{24 * 90};
    }
    if (i % 4 == 2) filter.units = {"unit-" + std::to_string(i % 40)};
    if (i % 5 == 3) filter.category = "category-" + std::to_string(i % 20);
    must(reporting::numbers(store, domain::Rules{}, what, reporting::usualGrouping(what), filter, kNow));
}

int run(const fs::path& folder, int petitions, int queries) {
    const security::HubKey key{security::Key{std::string(security::Key::kSize, 'k')}};
    const fs::path stamp = folder / "made";
    int made = 0;
    if (std::ifstream file{stamp}; file) file >> made;
    if (made != petitions) fs::remove_all(folder);
    const auto store = must(store::openStore({.url = "sqlite:hub.db", .base = folder, .hub_key = key}));
    int have = made == petitions ? petitions : 0;
    std::map<int, std::pair<double, double>> cost;
    if (have == 0) {
        for (const int size : {10'000, 100'000, 1'000'000})
            if (size <= petitions) cost[size] = growTo(*store, have, size, petitions);
        if (have < petitions) growTo(*store, have, petitions, petitions);
        std::ofstream{stamp} << petitions;
    }
    const auto list = timed(queries, [&](int i) { listOnce(*store, i); });
    const auto search = timed(queries, [&](int i) { searchOnce(*store, i); });
    const auto statistic = timed(queries, [&](int i) { countOnce(*store, i); });
    const auto poll = timed(queries, [&](int) { must(store->dueTimers(test::kMorning - std::chrono::hours{1}, 200)); });
    std::cout << "{\"petitions\":" << petitions << ",\"list_p95_ms\":" << list.first
              << ",\"list_p50_ms\":" << list.second << ",\"search_p95_ms\":" << search.first
              << ",\"search_p50_ms\":" << search.second << ",\"statistic_p95_ms\":" << statistic.first
              << ",\"statistic_p50_ms\":" << statistic.second << ",\"poll_p95_ms\":" << poll.first
              << ",\"poll_p50_ms\":" << poll.second << ",\"store_mb\":" << (fs::file_size(folder / "hub.db") >> 20U);
    for (const auto& [size, cpu] : cost)
        std::cout << ",\"intake_cpu_us_at_" << size << "\":" << cpu.first * 1e6 << ",\"follower_cpu_us_at_" << size
                  << "\":" << cpu.second * 1e6;
    std::cout << "}\n";
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::cerr << "usage: reports_bench DIRECTORY PETITIONS QUERIES\n";
        return 2;
    }
    try {
        return run(arguments[1], std::stoi(arguments[2]), std::stoi(arguments[3]));
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << '\n';
        return 1;
    }
}
