#include "core/config/template_files.hpp"

#include <algorithm>
#include <utility>

#include "core/domain/text.hpp"

namespace pakn::config {

namespace {

using domain::Markup;
using domain::Purpose;
using domain::TextTemplate;

constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;
constexpr std::array<std::string_view, 2> kFormats{"text", "html"};

/// A text in both languages, with where each stands.
struct MarkedWording {
    Marked<std::string> vi = {};
    Marked<std::string> en = {};
};

struct NoticeSection {
    Marked<std::string> id = {};
    domain::Label label = {};
    Markup format = Markup::kText;
    MarkedWording subject = {};
    MarkedWording message = {};
};
struct NoticeFile {
    std::vector<NoticeSection> notices = {};
};

struct TextSection {
    Marked<std::string> id = {};
    domain::Label label = {};
    std::vector<domain::Effect> effects = {};
    MarkedWording text = {};
};
struct TextFile {
    std::vector<TextSection> texts = {};
};

}  // namespace

template <>
std::span<const Key<domain::Label>> keysOf<domain::Label>();

template <>
std::span<const Key<MarkedWording>> keysOf<MarkedWording>() {
    static constexpr Key<MarkedWording> kKeys[] = {
        key<&MarkedWording::vi, WithMark<Text>>("vi", kRequired, "In Vietnamese."),
        key<&MarkedWording::en, WithMark<Text>>("en", kOptional, "In English."),
    };
    return kKeys;
}

template <>
std::span<const Key<NoticeSection>> keysOf<NoticeSection>() {
    static constexpr Key<NoticeSection> kKeys[] = {
        key<&NoticeSection::id, WithMark<Name>>("id", kRequired, "Short name by which rules call it."),
        key<&NoticeSection::label, Section<domain::Label>>("label", kRequired, "As people read it."),
        key<&NoticeSection::format, Choice<Markup, kFormats>>("format", kOptional, "Of the message. Default text."),
        key<&NoticeSection::subject, Section<MarkedWording>>("subject", kRequired, "One line of plain text."),
        key<&NoticeSection::message, Section<MarkedWording>>("message", kRequired, "What it says."),
    };
    return kKeys;
}

template <>
std::span<const Key<NoticeFile>> keysOf<NoticeFile>() {
    static constexpr Key<NoticeFile> kKeys[] = {
        key<&NoticeFile::notices, List<Section<NoticeSection>>>("notices", kRequired, "Texts of notices."),
    };
    return kKeys;
}

template <>
std::span<const Key<TextSection>> keysOf<TextSection>() {
    static constexpr Key<TextSection> kKeys[] = {
        key<&TextSection::id, WithMark<Name>>("id", kRequired, "Short name by which actions call it."),
        key<&TextSection::label, Section<domain::Label>>("label", kRequired, "As officers read it."),
        key<&TextSection::effects, OneOrMore<Choice<domain::Effect, domain::kEffectNames>>>(
            "for", kRequired, "Effects of the actions it is for."),
        key<&TextSection::text, Section<MarkedWording>>("text", kRequired, "What it says."),
    };
    return kKeys;
}

template <>
std::span<const Key<TextFile>> keysOf<TextFile>() {
    static constexpr Key<TextFile> kKeys[] = {
        key<&TextFile::texts, List<Section<TextSection>>>("texts", kRequired, "Texts that officers pick."),
    };
    return kKeys;
}

namespace {

std::vector<std::string> fieldNames(const std::function<bool(const domain::TemplateField&)>& wanted) {
    std::vector<std::string> names;
    for (const domain::TemplateField& field : domain::templateFields())
        if (wanted(field)) names.emplace_back(field.name);
    return names;
}

/// One file of texts, while it is read.
class FileOfTexts {
public:
    /// Nothing that can be read: `read` says so.
    FileOfTexts(Reader& reader, const Marked<std::filesystem::path>& named) : reader_{reader} {
        name_ = named.value.lexically_relative(reader.resolve(".").lexically_normal()).generic_string();
        Result<std::string> text = readTextFile(named.value, kMaxFileBytes);
        if (!text) {
            reader.error(named.mark, inQuotes(named.value.string()) + ' ' + text.error().message,
                         "create it; relative paths start at the configuration directory");
            return;
        }
        text_ = std::move(*text);
        index_ = reader.diagnostics().addFile(name_);
    }

    [[nodiscard]] bool read() const { return index_ >= 0; }
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] SourceFile source() const { return {name_, text_, true}; }
    [[nodiscard]] Mark beginning() const { return {index_, 1, 1}; }

    template <class T>
    T section() {
        T section;
        const ParsedYaml parsed = parseYaml(text_, index_, reader_.diagnostics());
        if (parsed.complete || parsed.root.kind == Node::Kind::kMap) readSection(reader_, parsed.root, section);
        return section;
    }

    /// Reports what is wrong with a template that stands at `begin` of this file.
    void check(const TextTemplate& words, const Mark& begin, Purpose purpose, bool any_reader = false) {
        const auto is_field = [&](const domain::TemplateField& field) {
            return any_reader ? field.isFor(Purpose::kForSender) || field.isFor(Purpose::kForOfficers)
                              : field.isFor(purpose);
        };
        const auto known = [&](std::string_view name) {
            const domain::TemplateField* field = domain::findTemplateField(name);
            return field && is_field(*field);
        };
        for (const domain::TemplateDefect& defect : words.defects(known)) {
            const Mark at = placeOf(words, defect.at, begin);
            if (defect.unknown.empty())
                reader_.error(at, defect.message, defect.hint);
            else if (domain::findTemplateField(defect.unknown))
                reader_.error(at, inQuotes(defect.unknown) + " is no field of such a text",
                              nameHint({}, fieldNames(is_field)));
            else
                reader_.error(at, "unknown field " + inQuotes(defect.unknown),
                              nameHint(defect.unknown, fieldNames(is_field)));
        }
    }

private:
    /// Where the place at byte `at` of a text is written in the file: it is the same place from `begin` on as it is in
    /// the text, however the text is quoted or folded.
    [[nodiscard]] Mark placeOf(const TextTemplate& words, std::size_t at, const Mark& begin) const {
        const std::string_view text{words.text()};
        std::string_view written = text.substr(at, 2);
        for (const domain::TemplateTag& tag : words.tags())
            if (tag.at == at) written = tag.written;
        std::size_t in_file = offsetOf(begin);
        for (std::size_t in_text = text.find(written); in_file != std::string::npos;
             in_text = text.find(written, in_text + 1), in_file = text_.find(written, in_file + 1)) {
            in_file = text_.find(written, in_file);
            if (in_file == std::string::npos || in_text >= at) break;
        }
        return in_file == std::string::npos ? begin : markOf(in_file);
    }

    [[nodiscard]] std::size_t offsetOf(const Mark& mark) const {
        std::size_t at = 0;
        for (int line = 1; line < mark.line; ++line) {
            at = text_.find('\n', at);
            if (at == std::string::npos) return at;
            ++at;
        }
        const auto before = static_cast<std::size_t>(std::max(mark.column - 1, 0));
        return at + domain::firstCodePoints(std::string_view{text_}.substr(at), before).size();
    }

    [[nodiscard]] Mark markOf(std::size_t at) const {
        const std::string_view before = std::string_view{text_}.substr(0, at);
        const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
        const std::size_t start = before.rfind('\n');
        const std::string_view same = start == std::string_view::npos ? before : before.substr(start + 1);
        return {index_, line, static_cast<int>(domain::codePoints(same)) + 1};
    }

    Reader& reader_;
    std::string name_;
    std::string text_;
    int index_ = -1;
};

class TemplateReader {
public:
    explicit TemplateReader(Reader& reader) : reader_{reader} {}

    TemplateFiles read(const TemplatesSection& section) {
        for (const auto& named : section.notices) readNotices(named);
        for (const auto& named : section.texts) readTexts(named);
        if (!section.letter.value.empty()) readLetter(section.letter);
        return std::move(result_);
    }

private:
    domain::Wording wording(FileOfTexts& file, const MarkedWording& given, Markup markup, Purpose purpose,
                            bool any_reader = false) {
        domain::Wording words{.vi = TextTemplate{given.vi.value, markup}, .en = TextTemplate{given.en.value, markup}};
        file.check(words.vi, given.vi.mark, purpose, any_reader);
        file.check(words.en, given.en.mark, purpose, any_reader);
        return words;
    }

    /// One of a file's things: a second one of the same id is a mistake.
    void once(std::map<std::string, Mark>& seen, const Marked<std::string>& id) {
        if (const auto [first, is_new] = seen.emplace(id.value, id.mark); !is_new)
            reader_.error(id.mark,
                          inQuotes(id.value) + " stands twice, first at " + reader_.diagnostics().place(first->second),
                          "give one of them another id");
    }

    void readNotices(const Marked<std::filesystem::path>& named) {
        FileOfTexts file{reader_, named};
        if (!file.read()) return;
        std::map<std::string, Mark> seen;
        for (NoticeSection& one : file.section<NoticeFile>().notices) {
            if (one.id.value.empty()) continue;
            once(seen, one.id);
            // Which of its fields its readers may know is looked at where a rule uses it.
            domain::NoticeTemplate notice{
                .id = one.id.value,
                .label = std::move(one.label),
                .markup = one.format,
                .subject = wording(file, one.subject, Markup::kText, Purpose::kForSender, true),
                .message = wording(file, one.message, one.format, Purpose::kForSender, true)};
            result_.notices.insert_or_assign(one.id.value, std::move(notice));
        }
        result_.files.push_back(file.source());
    }

    void readTexts(const Marked<std::filesystem::path>& named) {
        FileOfTexts file{reader_, named};
        if (!file.read()) return;
        std::map<std::string, Mark> seen;
        for (TextSection& one : file.section<TextFile>().texts) {
            if (one.id.value.empty()) continue;
            once(seen, one.id);
            domain::PreparedText text{.id = one.id.value,
                                      .label = std::move(one.label),
                                      .effects = std::move(one.effects),
                                      .text = wording(file, one.text, Markup::kText, Purpose::kPrepared)};
            result_.texts.insert_or_assign(one.id.value, std::move(text));
        }
        result_.files.push_back(file.source());
    }

    void readLetter(const Marked<std::filesystem::path>& named) {
        FileOfTexts file{reader_, named};
        if (!file.read()) return;
        const std::optional<std::string> text = domain::toNfc(file.text());
        if (!text) return reader_.error(named.mark, "the letter is not UTF-8", "save it as UTF-8");
        result_.letter = TextTemplate{*text, Markup::kPango};
        file.check(*result_.letter, file.beginning(), Purpose::kLetter);
        result_.files.push_back(file.source());
    }

    Reader& reader_;
    TemplateFiles result_;
};

}  // namespace

TemplateFiles readTemplates(Reader& reader, const TemplatesSection& section) {
    return TemplateReader{reader}.read(section);
}

}  // namespace pakn::config
