#include "catalogue.hpp"

#include <algorithm>
#include <array>

#include "text.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::array<std::string_view, 6> kDataTypes{"string", "number",          "datetime",
                                                     "text",   "singlevaluelist", "multivaluelist"};
constexpr std::array<std::string_view, 3> kServiceTypes{"realtime", "batch", "blackbox"};

/// What a question without a description of its type says: an empty element crashed old readers.
constexpr std::array<std::string_view, 6> kTypeDescriptions{
    "Nhập một dòng chữ.", "Nhập một số.",      "Nhập ngày giờ, ví dụ 2026-03-06T08:00:00+07:00.",
    "Nhập một đoạn chữ.", "Chọn một giá trị.", "Chọn một hoặc nhiều giá trị."};

Tree treeOf(const Question& question, std::size_t order) {
    const auto type = static_cast<std::size_t>(question.type);
    std::vector<Tree> values;
    for (const Choice& choice : question.choices)
        values.push_back(Tree::object("value", {Tree::text("key", choice.key), Tree::text("name", choice.name)}));
    std::vector<Tree> members{
        Tree::flag("variable", question.variable),
        Tree::text("code", question.code),
        Tree::text("datatype", kDataTypes.at(type)),
        Tree::flag("required", question.required),
        Tree::text("datatype_description",
                   question.type_description.empty() ? kTypeDescriptions.at(type) : question.type_description),
        Tree::integer("order", static_cast<std::int64_t>(order)),
        Tree::text("description", question.description),
        Tree::list("values", std::move(values)),
    };
    if (!question.automated.empty()) members.push_back(Tree::text("automated", question.automated));
    return Tree::object("attribute", std::move(members));
}

}  // namespace

std::vector<Service> servicesOf(const std::vector<PublicName>& categories, const ServiceNotes& notes) {
    std::vector<Service> services;
    for (const PublicName& category : categories) {
        if (!isUrlSafe(category.id)) continue;
        const auto noted = notes.find(category.id);
        Service service = noted == notes.end() ? Service{} : noted->second;
        if (!service.offered) continue;
        service.code = category.id;
        service.name = category.name;
        if (service.description.empty()) service.description = category.name;
        if (service.keywords.empty()) {
            service.keywords = category.name;
            std::replace(service.keywords.begin(), service.keywords.end(), ',', ' ');
        }
        services.push_back(std::move(service));
    }
    return services;
}

const Service* findService(const std::vector<Service>& services, std::string_view code) {
    const auto found =
        std::find_if(services.begin(), services.end(), [&](const Service& one) { return one.code == code; });
    return found == services.end() ? nullptr : &*found;
}

Tree listOfServices(const std::vector<Service>& services) {
    std::vector<Tree> items;
    for (const Service& one : services)
        items.push_back(
            Tree::object("service", {
                                        Tree::text("service_code", one.code),
                                        Tree::text("service_name", one.name),
                                        Tree::text("description", one.description),
                                        Tree::flag("metadata", !one.questions.empty()),
                                        Tree::text("type", kServiceTypes.at(static_cast<std::size_t>(one.type))),
                                        Tree::text("keywords", one.keywords),
                                        Tree::text("group", one.group),
                                    }));
    return Tree::list("services", std::move(items));
}

Tree definitionOf(const Service& service) {
    std::vector<Tree> attributes;
    for (const Question& question : service.questions) attributes.push_back(treeOf(question, attributes.size() + 1));
    return Tree::object("service_definition",
                        {Tree::text("service_code", service.code), Tree::list("attributes", std::move(attributes))});
}

}  // namespace pakn::in_open311
