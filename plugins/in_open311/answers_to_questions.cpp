#include "answers_to_questions.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "numbers.hpp"
#include "text.hpp"
#include "times.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::string_view kPrefix = "attribute[";
constexpr std::size_t kMostAnswers = 40;  ///< The hub keeps 50 attributes of a petition, some of which are ours.
constexpr std::size_t kMostValue = 1000;  ///< Code points, all values of an answer together.
constexpr std::size_t kMostCode = 60;

/// What decides about the report and is no answer to keep.
bool isDirection(std::string_view code) { return code == "public"; }

/// "colour" of "attribute[colour]" and "attribute[colour][]", as some libraries write it also "attribute[colour][0]".
std::optional<std::string_view> codeOf(std::string_view name) {
    name.remove_prefix(kPrefix.size());
    const std::size_t end = name.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view code = name.substr(0, end);
    std::string_view rest = name.substr(end + 1);
    if (!rest.empty()) {
        if (!rest.starts_with('[') || !rest.ends_with(']')) return std::nullopt;
        rest = rest.substr(1, rest.size() - 2);
        if (!rest.empty() && !parseWhole(rest)) return std::nullopt;
    }
    const bool sound = code.size() <= kMostCode && code.find('[') == std::string_view::npos && !snaked(code).empty();
    return sound ? std::optional{code} : std::nullopt;
}

bool fits(const Question& question, std::string_view value) {
    if (question.type == DataType::kNumber) return parseNumber(value).has_value();
    if (question.type == DataType::kDateTime) return parseTime(value).has_value();
    if (!isList(question.type)) return true;
    return std::any_of(question.choices.begin(), question.choices.end(),
                       [&](const Choice& choice) { return choice.key == value; });
}

std::string joined(const std::vector<std::string_view>& values) {
    std::string all;
    for (const std::string_view value : values) all.append(all.empty() ? "" : ", ").append(value);
    return all;
}

}  // namespace

std::string_view QuestionAnswers::first(std::string_view code) const {
    for (const Answer& one : answers_)
        if (one.code == code && !one.values.empty()) return one.values.front();
    return {};
}

Attributes QuestionAnswers::attributes() const {
    Attributes attributes;
    for (const Answer& one : answers_)
        if (!one.values.empty() && !isDirection(one.code))
            attributes.emplace("open311_" + snaked(one.code), joined(one.values));
    return attributes;
}

QuestionAnswers::Answer& QuestionAnswers::of(std::string_view code) {
    for (Answer& one : answers_)
        if (one.code == code) return one;
    return answers_.emplace_back(Answer{.code = std::string{code}});
}

void QuestionAnswers::check(const Question& question, Problems& problems) const {
    if (!question.variable) return;
    const auto found =
        std::find_if(answers_.begin(), answers_.end(), [&](const Answer& one) { return one.code == question.code; });
    const std::string field = "attribute[" + question.code + ']';
    if (found == answers_.end() || found->values.empty()) {
        if (question.required && question.automated != "server_set") problems.push_back({400, "Thiếu " + field + '.'});
        return;
    }
    if (question.type != DataType::kMultiValueList && found->values.size() > 1)
        problems.push_back({400, field + " chỉ nhận một giá trị."});
    if (!std::all_of(found->values.begin(), found->values.end(),
                     [&](std::string_view value) { return fits(question, value); }))
        problems.push_back({400, field + " có giá trị không hợp lệ."});
}

QuestionAnswers readAnswers(const Form& form, const Service* service, Problems& problems) {
    QuestionAnswers answers;
    for (const Field& field : form.fields) {
        if (!field.name.starts_with(kPrefix)) continue;
        const std::optional<std::string_view> code = codeOf(field.name);
        if (!code) {
            problems.push_back({400, "Tên trường attribute[…] không hợp lệ."});
            return answers;
        }
        QuestionAnswers::Answer& answer = answers.of(*code);
        if (const std::string_view value = trimmed(field.value); !value.empty()) answer.values.push_back(value);
        if (answers.answers_.size() > kMostAnswers) {
            problems.push_back({400, "Có quá 40 trường attribute[…]."});
            return answers;
        }
    }
    std::set<std::string> names;
    for (const QuestionAnswers::Answer& one : answers.answers_) {
        if (codePoints(joined(one.values)) > kMostValue)
            problems.push_back({400, "attribute[" + one.code + "] dài quá 1000 ký tự."});
        if (!names.insert(snaked(one.code)).second)
            problems.push_back({400, "attribute[" + one.code + "] trùng tên với một trường khác."});
    }
    if (service == nullptr) return answers;
    for (const Question& question : service->questions) answers.check(question, problems);
    answers.all_known_ = std::all_of(answers.answers_.begin(), answers.answers_.end(), [&](const auto& one) {
        return isDirection(one.code) || one.code == "external_id" ||
               std::any_of(service->questions.begin(), service->questions.end(),
                           [&](const Question& question) { return question.code == one.code; });
    });
    return answers;
}

}  // namespace pakn::in_open311
