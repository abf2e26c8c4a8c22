#include "core/config/sources.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "core/config/merge.hpp"

namespace pakn::config {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 500;
constexpr std::string_view kInclude = "include";

class DirectoryReader {
public:
    DirectoryReader(fs::path root, Diagnostics& diagnostics) : diagnostics_{diagnostics} {
        sources_.directory = std::move(root);
        sources_.tree = Node::emptyMap({});
    }

    Sources read() {
        readDirectory(sources_.directory, Mark{});
        return std::move(sources_);
    }

private:
    /// What the files of one directory say, before it is laid over what they include.
    struct Content {
        Node tree = Node::emptyMap({});
        std::vector<Node> workflows = {};
    };

    /// Depth first, each directory once: what is included lies below whoever includes it.
    void readDirectory(const fs::path& directory, const Mark& included_at) {
        if (std::find(path_.begin(), path_.end(), directory) != path_.end()) {
            diagnostics_.error(included_at, "this include leads back to a directory that is being read", "remove it");
            return;
        }
        if (!seen_.insert(directory).second) return;
        path_.push_back(directory);
        const std::size_t first_file = sources_.files.size();
        Content content = readFiles(directory, included_at);
        // The directories it includes come before its own files in the text, as they do in effect.
        std::vector<SourceFile> own{
            std::make_move_iterator(sources_.files.begin() + static_cast<std::ptrdiff_t>(first_file)),
            std::make_move_iterator(sources_.files.end())};
        sources_.files.resize(first_file);
        if (Entry* include = content.tree.find(kInclude)) {
            const Node list = std::move(include->value);
            std::erase_if(content.tree.entries, [](const Entry& one) { return one.key == kInclude; });
            readIncludes(directory, list);
        }
        std::move(own.begin(), own.end(), std::back_inserter(sources_.files));
        sources_.tree = overlay(std::move(sources_.tree), std::move(content.tree));
        for (Node& workflow : content.workflows) overlayWorkflow(std::move(workflow));
        path_.pop_back();
    }

    void readIncludes(const fs::path& directory, const Node& list) {
        if (list.kind != Node::Kind::kList) {
            diagnostics_.error(list.mark, "`include` must be a list of directories", "write include: [../../base]");
            return;
        }
        for (const Node& item : list.items) {
            std::error_code failed;
            const fs::path target = fs::canonical(directory / fs::path{item.text}, failed);
            if (item.kind != Node::Kind::kScalar || item.isNull() || failed || !fs::is_directory(target, failed))
                refuseInclude(item);
            else
                readDirectory(target, item.mark);
        }
    }

    void refuseInclude(const Node& item) {
        sources_.unreadable = true;
        diagnostics_.error(item.mark, "no such directory: " + inQuotes(item.text),
                           "paths start at the directory of this file");
    }

    Content readFiles(const fs::path& directory, const Mark& included_at) {
        Content content;
        const std::vector<fs::path> files = yamlFiles(directory, included_at);
        if (files.empty()) {
            const Mark at = included_at.file >= 0 ? included_at : Mark{};
            diagnostics_.error(at, "the directory " + inQuotes(nameOf(directory)) + " holds no *.yaml file",
                               "is it the right directory?");
        }
        for (const fs::path& file : files)
            if (std::optional<Node> root = readFile(file))
                unite(content.tree, std::move(*root), diagnostics_);
            else
                content.tree.complete = false;
        std::error_code failed;
        if (fs::is_directory(directory / "workflows", failed))
            for (const fs::path& file : yamlFiles(directory / "workflows", included_at))
                if (std::optional<Node> root = readFile(file)) addWorkflow(content.workflows, std::move(*root));
        return content;
    }

    std::vector<fs::path> yamlFiles(const fs::path& directory, const Mark& included_at) {
        std::vector<fs::path> files;
        std::error_code failed;
        for (fs::directory_iterator entry{directory, failed}, end; !failed && entry != end; entry.increment(failed)) {
            const fs::path& path = entry->path();
            if (path.filename().string().starts_with('.')) continue;
            if (path.extension() == ".yaml") files.push_back(path);
            if (path.extension() == ".yml")
                diagnostics_.warning(Mark{diagnostics_.addFile(nameOf(path)), 0, 0}, "this file is not read",
                                     "only *.yaml files are");
        }
        if (failed) {
            sources_.unreadable = true;
            diagnostics_.error(included_at,
                               "cannot read the directory " + inQuotes(nameOf(directory)) + ": " + failed.message());
        }
        std::sort(files.begin(), files.end());
        return files;
    }

    std::optional<Node> readFile(const fs::path& path) {
        const Mark whole{diagnostics_.addFile(nameOf(path)), 0, 0};
        if (++files_read_ > kMaxFiles) {
            if (std::exchange(sources_.unreadable, true)) return std::nullopt;
            diagnostics_.error(whole, "more than " + std::to_string(kMaxFiles) + " files");
            return std::nullopt;
        }
        Result<std::string> text = readTextFile(path, kMaxFileBytes);
        if (!text) {
            sources_.unreadable = true;
            diagnostics_.error(whole, text.error().message);
            return std::nullopt;
        }
        ParsedYaml parsed = parseYaml(*text, whole.file, diagnostics_);
        sources_.files.push_back({nameOf(path), std::move(*text), parsed.complete});
        if (parsed.root.kind == Node::Kind::kMap) {
            checkIncludeFirst(parsed.root);
            return std::move(parsed.root);
        }
        if (parsed.complete && !parsed.root.isNull())
            diagnostics_.error(parsed.root.mark, "a configuration file holds keys and values, this one does not",
                               "write key: value");
        return std::nullopt;
    }

    /// What a file builds on is said before what it says itself: nobody finds an include that stands at its end.
    void checkIncludeFirst(const Node& root) {
        const Entry* include = root.find(kInclude);
        if (include != nullptr && include != root.entries.data())
            diagnostics_.error(include->key_mark, "`include` must be the first key of its file",
                               "move it above " + inQuotes(root.entries.front().key));
    }

    void addWorkflow(std::vector<Node>& workflows, Node workflow) {
        const Entry* id = workflow.find("id");
        const auto same = id ? findWorkflow(workflows, id->value.text) : workflows.end();
        if (same == workflows.end()) {
            workflows.push_back(std::move(workflow));
            return;
        }
        diagnostics_.error(id->value.mark,
                           "the workflow " + inQuotes(id->value.text) + " stands in two files, first at " +
                               diagnostics_.place(same->find("id")->value.mark),
                           "give one of them another id");
    }

    void overlayWorkflow(Node workflow) {
        const Entry* id = workflow.find("id");
        const auto same = id ? findWorkflow(sources_.workflows, id->value.text) : sources_.workflows.end();
        if (same == sources_.workflows.end())
            sources_.workflows.push_back(std::move(workflow));
        else
            *same = std::move(workflow);
    }

    static std::vector<Node>::iterator findWorkflow(std::vector<Node>& workflows, const std::string& id) {
        return std::find_if(workflows.begin(), workflows.end(), [&](const Node& one) {
            const Entry* own = one.find("id");
            return own != nullptr && own->value.text == id;
        });
    }

    [[nodiscard]] std::string nameOf(const fs::path& path) const {
        return path.lexically_relative(sources_.directory).generic_string();
    }

    Diagnostics& diagnostics_;
    Sources sources_;
    std::set<fs::path> seen_;
    std::size_t files_read_ = 0;
    std::vector<fs::path> path_;  ///< Directories being read, outermost first.
};

}  // namespace

Sources readSources(const fs::path& directory, Diagnostics& diagnostics) {
    std::error_code failed;
    fs::path root = fs::canonical(directory, failed);
    if (failed || !fs::is_directory(root, failed)) {
        diagnostics.error(Mark{}, "no such directory: " + inQuotes(directory.string()), "give --config a directory");
        return {};
    }
    return DirectoryReader{std::move(root), diagnostics}.read();
}

Result<std::string> readTextFile(const fs::path& file, std::size_t most) {
    const auto unreadable = [](std::string why) { return Error{.code = Errc::kInvalid, .message = std::move(why)}; };
    std::error_code failed;
    const fs::file_status status = fs::status(file, failed);
    if (!fs::exists(status)) return unreadable("cannot be read: no such file");
    if (!fs::is_regular_file(status)) return unreadable("cannot be read: not a file");
    std::ifstream stream{file, std::ios::binary};
    std::string text(most + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.eof() && stream.fail()) return unreadable("cannot be read: no permission, or a broken disk");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > most) return unreadable("is larger than " + std::to_string(most >> 10U) + " KB");
    return text;
}

}  // namespace pakn::config
