/// @file
/// What routing, the working calendar and the comparing of petitions cost alone, without a hub: domain/run.py starts it
/// and divides.

#include <benchmark/benchmark.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <string>
#include <vector>

#include "core/domain/routing.hpp"
#include "core/domain/similarity.hpp"
#include "core/domain/text.hpp"

namespace {

using namespace pakn::domain;  // NOLINT(google-build-using-namespace): a program of one file.

WorkingCalendar calendarOf() {
    using std::chrono::minutes;
    WorkingCalendar::Definition week{.id = "normal"};
    for (std::size_t day = 0; day < 5; ++day)
        week.hours[day] = {{minutes{450}, minutes{690}}, {minutes{810}, minutes{1020}}};
    return WorkingCalendar::build(week).value();
}

constexpr pakn::Instant kMorning{std::chrono::seconds{1772758800}};  // 2026-03-06, 08:00 in Việt Nam.

/// About 700 letters that no route names.
const std::string& petitionText() {
    static const std::string text = [] {
        std::string made = "Kính gửi cơ quan chức năng, ";
        for (int i = 0; i < 12; ++i) made += "mặt đường trước cổng trường học bị sụt lún sau cơn mưa lớn tuần trước, ";
        return made;
    }();
    return text;
}

/// `count` routes of which none holds: the way of a petition that nobody foresaw.
Rules rulesWith(std::int64_t count, bool by_text) {
    Rules rules;
    rules.units.emplace("chieu-sang", Unit{.id = "chieu-sang", .name = "Chiếu sáng", .code = "CS"});
    rules.categories.emplace("khac", Category{.id = "khac", .name = "Khác"});
    for (std::int64_t i = 0; i < count; ++i) {
        Route route{.name = "r" + std::to_string(i), .when = {}, .unit = "chieu-sang"};
        if (by_text)
            for (const char* what : {"cột đèn số ", "trạm biến áp ", "cầu vượt "})
                route.when.text_any.push_back(what + std::to_string(i));
        else
            route.when.area = {std::to_string(20000 + i)};
        for (const std::string& phrase : route.when.text_any) route.when.text_any_folded.push_back(fold(phrase));
        rules.routes.push_back(std::move(route));
    }
    rules.route_index = RouteIndex::build(rules.routes).value();
    return rules;
}

void routeOver(benchmark::State& state, bool by_text) {
    const Rules rules = rulesWith(state.range(0), by_text);
    RoutingFacts facts{.category = "khac", .channel = "web", .area = "19753"};
    facts.folded_text = fold(petitionText());
    for (auto _ : state) benchmark::DoNotOptimize(route(rules, facts));
}

void routeByText(benchmark::State& state) { routeOver(state, true); }
void routeByArea(benchmark::State& state) { routeOver(state, false); }

/// The bare library over the same text and phrases: what P9 is measured against.
void bareSet(benchmark::State& state) {
    RE2::Options options;
    options.set_max_mem(std::int64_t{256} << 20U);
    RE2::Set set{options, RE2::UNANCHORED};
    for (const Route& route : rulesWith(state.range(0), true).routes)
        for (const std::string& phrase : route.when.text_any_folded) set.Add(RE2::QuoteMeta(phrase), nullptr);
    set.Compile();
    const std::string text = fold(petitionText());
    std::vector<int> found;
    for (auto _ : state) {
        found.clear();
        benchmark::DoNotOptimize(set.Match(text, &found));
    }
}

void foldText(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(fold(petitionText()));
}

void addWorkingDays(benchmark::State& state) {
    const WorkingCalendar calendar = calendarOf();
    const std::chrono::milliseconds working = std::chrono::hours{state.range(0) * 15 / 2};
    for (auto _ : state) benchmark::DoNotOptimize(calendar.add(kMorning, working));
}

void betweenWorkingDays(benchmark::State& state) {
    const WorkingCalendar calendar = calendarOf();
    const pakn::Instant end = calendar.add(kMorning, std::chrono::hours{state.range(0) * 15 / 2});
    for (auto _ : state) benchmark::DoNotOptimize(calendar.between(kMorning, end));
}

/// Two petitions of about 700 letters: unlike petitionText() they do not repeat themselves.
constexpr std::string_view kFlooded =
    "Kính gửi Ủy ban nhân dân phường. Gia đình tôi sống trong hẻm 45 Lê Lợi hơn ba mươi năm. Từ khi công trình cuối "
    "hẻm "
    "khởi công, xe chở xà bần làm vỡ hai nắp cống, bùn đất trôi xuống bít miệng thu nước. Cứ mưa chừng mười lăm phút "
    "là "
    "cả đoạn ngập quá đầu gối, nước đen tràn vào bếp, tủ lạnh và xe máy hư hết. Người già trẻ nhỏ đi lại rất khó, hôm "
    "thứ "
    "ba có một cháu lọt chân xuống hố phải khâu năm mũi. Bà con đã góp ý với chủ đầu tư nhưng chỉ được hứa hẹn. Ban "
    "đêm "
    "đèn đầu hẻm lại không sáng nên càng nguy hiểm. Đề nghị phường kiểm tra giấy phép, buộc nạo vét, thay nắp cống và "
    "bồi "
    "thường thiệt hại. Chúng tôi gửi kèm hình ảnh, mong sớm nhận được văn bản trả lời.";
constexpr std::string_view kNoisy =
    "Tôi là chủ nhà số 86 đường Lê Lợi, đối diện quán nhậu mới mở. Từ đầu tháng quán kê bàn ghế kín vỉa hè, khách đậu "
    "xe "
    "xuống lòng đường, người đi bộ phải lách ra giữa dòng xe. Tối nào cũng có ban nhạc, loa thùng công suất lớn mở đến "
    "một giờ sáng, cửa kính rung bần bật, mẹ tôi bệnh tim không ngủ được phải đi cấp cứu. Nhiều lần hàng xóm sang nhắc "
    "thì "
    "bị nhân viên thách thức. Khói nướng và nước rửa chén đổ thẳng ra cống, mùi dầu mỡ bốc lên nồng nặc. Công an khu "
    "vực "
    "có tới lập biên bản một lần rồi đâu lại vào đấy. Đề nghị cơ quan có thẩm quyền đo tiếng ồn, xử phạt hành vi lấn "
    "chiếm, "
    "xem lại giấy phép kinh doanh và cam kết bảo vệ môi trường của cơ sở này, trả lại vỉa hè cho người dân.";

MatterFacts matter(bool other) {
    return {.text = other ? kNoisy : kFlooded,
            .location = {.address = other ? "86 Lê Lợi" : "hẻm 45 đường Lê Lợi",
                         .area = "19753",
                         .latitude = 12.0,
                         .longitude = other ? 110.001 : 110.0},
            .category = "ha-tang",
            .at = kMorning};
}

void sketchPetition(benchmark::State& state) {
    const MatterFacts facts = matter(false);
    for (auto _ : state) benchmark::DoNotOptimize(sketchOf(facts));
}

/// Each pair is another one: the processor would learn the way through one by heart.
void comparePetitions(benchmark::State& state) {
    std::vector<MatterSketch> sketches;
    for (std::size_t i = 0; i < 64; ++i) {
        MatterFacts facts = matter(i % 2 == 1);
        const std::size_t cut = facts.text.find(' ', i * 8);
        const std::string turned = std::string{facts.text.substr(cut)} + std::string{kNoisy.substr(0, cut)};
        facts.text = turned;
        sketches.push_back(sketchOf(facts));
    }
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(similarityOf(sketches[i % 64], sketches[i * 7 / 64 % 64]));
        ++i;
    }
}

BENCHMARK(routeByText)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(routeByArea)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(bareSet)->Arg(1000);
BENCHMARK(foldText);
BENCHMARK(addWorkingDays)->Arg(1)->Arg(30)->Arg(1000);
BENCHMARK(betweenWorkingDays)->Arg(1)->Arg(30)->Arg(1000);
BENCHMARK(sketchPetition);
BENCHMARK(comparePetitions);

}  // namespace

BENCHMARK_MAIN();
