#include "portal_file.hpp"

#include "text.hpp"

namespace pakn::in_portal {

PortalFile readPortalFile(std::string_view text, Mistakes& mistakes) {
    PortalFile file;
    const std::optional<Node> tree = parseYaml(composed(text), mistakes);
    if (!tree) return file;
    if (tree->kind != Node::Kind::kMap) {
        mistakes.add(tree->mark, "a mapping begins with `fields:`");
        return file;
    }
    Section top{&*tree, mistakes};
    file.mapping = readMapping(top);
    file.files = readTableShape(top.take("files"), mistakes);
    file.pull = readPullShape(top.take("pull"), file.mapping.defaults, mistakes);
    file.push = readPushShape(top.take("push"), mistakes);
    file.write_back = readWriteBack(top.take("write_back"), file.mapping.defaults, mistakes);
    return file;
}

}  // namespace pakn::in_portal
