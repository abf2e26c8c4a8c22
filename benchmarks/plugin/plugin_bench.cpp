/// @file
/// What a call of a connector costs (goal P13): by a virtual call of the bare class, over the hub's guarded instance in
/// this process, and in a process of its own with 2 KB of delivery. Prints one JSON object a repeat.
///   plugin_bench FOLDER_OF_QUICK REPEATS

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/subject.hpp"

namespace {

using Steady = std::chrono::steady_clock;

constexpr int kCalls = 2'000'000;
constexpr int kIsolatedCalls = 20'000;

double nanoseconds(Steady::duration length) { return std::chrono::duration<double, std::nano>(length).count(); }

/// Of one call, on average over many: one alone is shorter than the clock's step.
template <class Call>
double costOf(Call call) {
    const auto began = Steady::now();
    for (int i = 0; i < kCalls; ++i)
        if (!call()) std::abort();
    return nanoseconds(Steady::now() - began) / kCalls;
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    const std::filesystem::path folder = words[1];
    const pakn::plugin_host::PluginHost host{{folder}};
    pakn::testing::FakeHostServices services;
    const pakn::testing::LoadedPlugin bare{folder / "quick.so"};
    void* const object = bare.factory().create(pakn::Settings{}, services);
    pakn::Sender* const sender = bare.factory().sender(object);
    const auto in_process = host.create("quick", {}, services);
    const auto isolated = host.createIsolated("quick", {}, services, {}, {.connector = "quick"});
    if (!in_process || !isolated) {
        std::fprintf(stderr, "%s\n", (in_process ? isolated : in_process).error().message.c_str());
        return 1;
    }
    pakn::Delivery delivery{.id = "d-1", .kind = "result", .code = "060326001", .result_text = std::string(2048, 'x')};
    for (int repeat = 0; repeat < std::atoi(words[2]); ++repeat) {
        const double direct = costOf([&] { return sender->send(delivery, {}).ok(); });
        const double guarded = costOf([&] { return (*in_process)->send(delivery, {}).ok(); });
        std::vector<double> samples;
        for (int i = 0; i < kIsolatedCalls; ++i) {
            const auto began = Steady::now();
            if (!(*isolated)->send(delivery, {})) return 1;
            samples.push_back(nanoseconds(Steady::now() - began) / 1000);
        }
        std::sort(samples.begin(), samples.end());
        std::printf("{\"direct_ns\":%.2f,\"in_process_ns\":%.2f,\"isolated_p50_us\":%.2f,\"isolated_p99_us\":%.2f}\n",
                    direct, guarded, samples[samples.size() / 2], samples[samples.size() * 99 / 100]);
        std::fflush(stdout);
    }
    bare.factory().destroy(object);
    return 0;
}
