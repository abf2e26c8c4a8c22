/// @file
/// What is generated from the definitions of the verbs: the bash completion and the man page. Neither can name a verb
/// or an option that is not there, or miss one that is.

#include <iostream>

#include "core/app/registry.hpp"
#include "core/app/version.hpp"

namespace pakn::app {

namespace {

/// One verb with its way from the program: "deliveries replay".
struct Verb {
    std::string path = {};
    const CLI::App* app = nullptr;
};

std::vector<const CLI::App*> childrenOf(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

void collect(const CLI::App& app, const std::string& path, std::vector<Verb>& verbs) {
    verbs.push_back({path, &app});
    for (const CLI::App* child : childrenOf(app))
        collect(*child, path.empty() ? child->get_name() : path + ' ' + child->get_name(), verbs);
}

/// Every verb and group, the program itself first with an empty path.
std::vector<Verb> verbsOf(const CLI::App& program) {
    std::vector<Verb> verbs;
    collect(program, {}, verbs);
    return verbs;
}

/// "--config": every option of ours has exactly one long name. Empty for a positional one.
std::string longName(const CLI::Option& option) {
    return option.get_lnames().empty() ? std::string{} : "--" + option.get_lnames().front();
}

bool takesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// --- bash

std::string wordsOf(const CLI::App& app, const CLI::App& program) {
    std::string words;
    for (const CLI::App* child : childrenOf(app)) words += child->get_name() + ' ';
    for (const CLI::Option* option : app.get_options())
        if (const std::string name = longName(*option); !name.empty()) words += name + ' ';
    if (&app != &program)
        for (const CLI::Option* option : program.get_options())
            if (const std::string name = longName(*option); !name.empty() && name != "--help") words += name + ' ';
    if (!words.empty()) words.pop_back();
    return words;
}

bool takesFile(const CLI::App& app) {
    for (const CLI::Option* option : app.get_options())
        if (const std::string& name = option->get_name(true); name == "FILE" || name == "DIR") return true;
    return false;
}

void writeCompletion(std::ostream& out, const CLI::App& program) {
    const std::vector<Verb> verbs = verbsOf(program);
    out << "# bash completion for paknhub; made by: paknhub completion bash\n"
           "_paknhub() {\n"
           "    local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" verb=\"\" word\n"
           "    COMPREPLY=()\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        case \"${verb:+$verb }$word\" in\n            ";
    for (std::size_t i = 1; i < verbs.size(); ++i) out << (i > 1 ? "|" : "") << '\'' << verbs[i].path << '\'';
    out << ") verb=\"${verb:+$verb }$word\" ;;\n"
           "        esac\n"
           "    done\n"
           "    case \"$previous\" in\n"
           "        --config|--plugins) COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n"
           "    esac\n"
           "    local words=\"\" files=\"\"\n"
           "    case \"$verb\" in\n";
    for (const Verb& verb : verbs)
        out << "        '" << verb.path << "') words=\"" << wordsOf(*verb.app, program) << '"'
            << (takesFile(*verb.app) ? " files=yes" : "") << " ;;\n";
    out << "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "    if [[ -n $files && $current != -* ]]; then COMPREPLY+=($(compgen -f -- \"$current\")); fi\n"
           "}\n"
           "complete -o filenames -F _paknhub paknhub\n";
}

// --- man

/// Text as roff takes it: no escape, no hyphen that a reader could not copy, no request at the start of a line.
std::string roff(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c == '\\')
            safe += "\\e";
        else if (c == '-')
            safe += "\\-";
        else
            safe += c;
    }
    if (safe.starts_with('.') || safe.starts_with('\'')) safe.insert(0, "\\&");
    return safe;
}

void writeOption(std::ostream& out, const CLI::Option& option) {
    const std::string name = longName(option);
    out << ".TP\n";
    if (name.empty())
        out << ".I " << roff(option.get_name(true)) << '\n';
    else if (takesValue(option))
        out << ".BI " << roff(name) << " \" VALUE\"\n";
    else
        out << ".B " << roff(name) << '\n';
    out << roff(option.get_description());
    if (!option.get_default_str().empty()) out << " (default: " << roff(option.get_default_str()) << ')';
    out << '.';
    if (option.get_required()) out << " Required.";
    out << '\n';
}

void writeMan(std::ostream& out, const CLI::App& program) {
    out << ".\\\" made by: paknhub man\n"
        << ".TH PAKNHUB 1 \"\" \"paknhub " << roff(kVersion) << "\" \"PAKN Hub\"\n"
        << ".SH NAME\npaknhub \\- " << roff(program.get_description()) << '\n'
        << ".SH SYNOPSIS\n.B paknhub\n.I VERB\n[\\fIOPTION\\fR ...]\n"
        << ".SH DESCRIPTION\nOne program, one verb for each thing to do. The options of all verbs may stand before or "
           "behind "
           "the verb.\n.SH OPTIONS OF ALL VERBS\n";
    for (const CLI::Option* option : program.get_options()) writeOption(out, *option);
    out << ".SH VERBS\n";
    for (const Verb& verb : verbsOf(program)) {
        if (verb.path.empty() || !childrenOf(*verb.app).empty()) continue;
        out << ".SS " << roff("paknhub " + verb.path) << '\n' << roff(verb.app->get_description()) << ".\n";
        for (const CLI::Option* option : verb.app->get_options())
            if (longName(*option) != "--help") writeOption(out, *option);
    }
    out << ".SH EXIT STATUS\n";
    for (const auto& [code, meaning] :
         {std::pair{0, "Done, and nothing is wrong."}, std::pair{1, "A problem was found, or there is no such thing."},
          std::pair{2, "Wrong usage, or a mistake in the configuration."},
          std::pair{3, "The store, the hub or a peer cannot be reached; try again."},
          std::pair{4, "Refused: not allowed, or not possible in the present state."}})
        out << ".TP\n.B " << code << '\n' << meaning << '\n';
    out << ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nWhen set, nothing is coloured or redrawn.\n"
           ".TP\n.B CREDENTIALS_DIRECTORY\nWhere ${credential:NAME} of the configuration is looked up; set by "
           "systemd.\n"
           ".TP\n.B JOURNAL_STREAM\nSet by systemd: log lines then begin with their priority.\n";
}

struct CompletionOptions {
    std::string shell = {};
};
struct None {};

}  // namespace

void addGenerated(const Registry& registry) {
    registry.verb<CompletionOptions>(
        registry.app, "completion", "Print the completion script of a shell",
        [](CLI::App& verb, CompletionOptions& options) {
            verb.add_option("SHELL", options.shell, "bash")->required()->check(CLI::IsMember({"bash"}));
        },
        [&app = registry.app](const Common&, const CompletionOptions&) {
            writeCompletion(std::cout, app);
            return static_cast<int>(kOk);
        });
    registry.verb<None>(
        registry.app, "man", "Print the man page", [](CLI::App&, None&) {},
        [&app = registry.app](const Common&, const None&) {
            writeMan(std::cout, app);
            return static_cast<int>(kOk);
        });
}

}  // namespace pakn::app
