/// @file
/// The file that says more of services than their names.

#include <algorithm>
#include <pakn/sdk/files.hpp>
#include <set>

#include "catalogue.hpp"
#include "text.hpp"
#include "yaml.hpp"

namespace pakn::in_open311 {
namespace {

using placed_yaml::Entry;
using placed_yaml::Mistakes;
using placed_yaml::Node;
using placed_yaml::Section;

constexpr std::int64_t kMostBytes = 1 << 20;
constexpr std::size_t kMostQuestions = 40;  ///< What the hub keeps of a petition's attributes leaves room for.
constexpr std::size_t kMostChoices = 2000;
constexpr std::size_t kMostCode = 60;

DataType typeNamed(std::string_view word) {
    if (word == "number") return DataType::kNumber;
    if (word == "datetime") return DataType::kDateTime;
    if (word == "text") return DataType::kText;
    if (word == "singlevaluelist") return DataType::kSingleValueList;
    if (word == "multivaluelist") return DataType::kMultiValueList;
    return DataType::kString;
}

std::vector<Choice> readChoices(const Node* node, Mistakes& mistakes) {
    std::vector<Choice> choices;
    if (node == nullptr) return choices;
    std::set<std::string> keys;
    const auto add = [&](const placed_yaml::Mark& mark, std::string key, std::string name) {
        if (key.empty() || !keys.insert(key).second) return mistakes.add(mark, "each choice has a key of its own");
        if (choices.size() == kMostChoices) return mistakes.add(mark, "more than 2000 choices");
        choices.push_back({std::move(key), std::move(name)});
    };
    for (const Entry& entry : node->entries) {  // { key: name, … }
        if (!entry.value.isText()) mistakes.add(entry.mark, "the name of a choice is a text");
        add(entry.mark, entry.key, entry.value.text);
    }
    for (const Node& item : node->items) {  // [{ key: …, name: … }, …]
        Section one{&item, mistakes};
        std::string key = one.needText("key");
        add(item.mark, key, one.text("name", key));
    }
    if (node->kind == Node::Kind::kScalar) mistakes.add(node->mark, "values is a list or a map");
    return choices;
}

Question readQuestion(const Node& node, Mistakes& mistakes) {
    Section section{&node, mistakes};
    Question question{.code = section.needText("code")};
    const bool plain = !question.code.empty() && question.code.size() <= kMostCode &&
                       question.code.find_first_of("[]&=") == std::string::npos && isSound(question.code);
    if (!plain || snaked(question.code).empty())
        mistakes.add(node.mark, "a code has 1 to 60 characters, a letter or digit among them, and none of [ ] & =");
    question.type = typeNamed(
        section.word("datatype", {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}));
    question.required = section.flag("required", false);
    question.variable = section.flag("variable", true);
    question.type_description = section.text("datatype_description");
    question.description = section.needText("description");
    if (section.has("automated")) question.automated = section.word("automated", {"server_set", "hidden_field"});
    question.choices = readChoices(section.take("values"), mistakes);
    if (isList(question.type) == question.choices.empty())
        mistakes.add(node.mark, "a list has values, and nothing else has them");
    return question;
}

Service readService(const Node& node, Mistakes& mistakes) {
    Section section{&node, mistakes};
    Service service{.description = section.text("description")};
    for (const std::string& word : section.texts("keywords"))
        for (const std::string& one : listed(word)) service.keywords += (service.keywords.empty() ? "" : ",") + one;
    service.group = section.text("group");
    const std::string type = section.word("type", {"realtime", "batch", "blackbox"});
    service.type = type == "batch"      ? ServiceType::kBatch
                   : type == "blackbox" ? ServiceType::kBlackbox
                                        : ServiceType::kRealtime;
    service.offered = section.flag("offered", true);
    const Node* questions = section.take("attributes");
    if (questions == nullptr) return service;
    if (questions->kind != Node::Kind::kList) mistakes.add(questions->mark, "attributes is a list");
    if (questions->items.size() > kMostQuestions) mistakes.add(questions->mark, "more than 40 attributes");
    std::set<std::string> codes;
    for (const Node& item : questions->items) {
        Question question = readQuestion(item, mistakes);
        if (!codes.insert(snaked(question.code)).second)
            mistakes.add(item.mark, "two attributes have codes that differ in case or signs only");
        service.questions.push_back(std::move(question));
    }
    return service;
}

ServiceNotes readNotes(std::string_view text, Mistakes& mistakes) {
    ServiceNotes notes;
    const std::optional<Node> root = placed_yaml::parseYaml(text, mistakes);
    if (!root) return notes;
    Section top{&*root, mistakes};
    const Node* services = top.take("services");
    if (services == nullptr || services->kind != Node::Kind::kMap) {
        mistakes.add(root->mark, "the key \"services\" names categories, each with what is said of it",
                     "services: { ha-tang: { description: … } }");
        return notes;
    }
    for (const Entry& entry : services->entries) notes.emplace(entry.key, readService(entry.value, mistakes));
    return notes;
}

}  // namespace

ServiceNotes readServiceNotes(const std::string& path, std::vector<SettingsMistake>& mistakes) {
    const Result<WholeFile> file = readWholeFile(path, kMostBytes);
    if (!file) {
        mistakes.push_back({.option = "services", .message = file.error().message});
        return {};
    }
    Mistakes found{path};
    ServiceNotes notes = readNotes(file->bytes, found);
    for (const placed_yaml::Mistake& one : found.sorted())
        mistakes.push_back({.option = "services",
                            .file = path,
                            .line = one.at.line,
                            .column = one.at.column,
                            .message = one.message,
                            .hint = one.hint});
    return notes;
}

}  // namespace pakn::in_open311
