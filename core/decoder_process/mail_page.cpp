#include "core/decoder_process/mail_page.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/decoder_process/mail_markup.hpp"
#include "core/decoder_process/mail_text.hpp"

namespace pakn::decoder_process {

namespace {

template <std::size_t n>
bool isOneOf(std::string_view name, const std::array<std::string_view, n>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// What nobody reads.
constexpr std::array<std::string_view, 15> kSkipped{"script", "style",  "head",  "title",    "template",
                                                    "object", "iframe", "svg",   "math",     "textarea",
                                                    "select", "audio",  "video", "noframes", "noembed"};
constexpr std::array<std::string_view, 27> kBlocks{
    "div",    "section", "article",  "header", "footer", "main",       "nav",    "aside", "address",
    "center", "form",    "fieldset", "table",  "tbody",  "thead",      "tfoot",  "tr",    "caption",
    "ul",     "ol",      "dl",       "dt",     "dd",     "blockquote", "figure", "pre",   "li"};
constexpr std::array<std::string_view, 6> kHeadings{"h1", "h2", "h3", "h4", "h5", "h6"};

constexpr int kMostBreaks = 3;
constexpr std::string_view kNoBreak = "\u00a0";

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/// Style sheets have blanks where they like.
bool says(std::string_view style, std::string_view what) {
    constexpr std::size_t kMost = 2000;
    std::string tight = asciiLower(style.substr(0, kMost));
    std::erase_if(tight, isBlank);
    return tight.find(what) != std::string::npos;
}

/// An address that may be shown: nothing that would be run or that holds a whole file.
bool isShown(std::string_view href) {
    constexpr std::array<std::string_view, 5> kSchemes{"http:", "https:", "mailto:", "tel:", "ftp:"};
    const std::string start = asciiLower(href.substr(0, 10));
    return std::any_of(kSchemes.begin(), kSchemes.end(), [&](auto scheme) { return start.starts_with(scheme); });
}

/// Without what people leave away when they write an address.
std::string_view bareLink(std::string_view link) {
    for (const std::string_view scheme : {"https://", "http://", "mailto:", "tel:"})
        if (sameWord(link.substr(0, scheme.size()), scheme)) link.remove_prefix(scheme.size());
    if (link.ends_with('/')) link.remove_suffix(1);
    return link;
}

}  // namespace

bool PageWriter::isSkipped(std::string_view name) { return isOneOf(name, kSkipped); }

void PageWriter::breakLine(int lines) {
    if (std::exchange(spacer_, false)) {  // A paragraph of nothing else is how an empty line is written.
        breaks_ = std::min(breaks_ + 1, kMostBreaks);
        return;
    }
    if (!cell_fresh_) breaks_ = std::max(breaks_, lines);
}

void PageWriter::open(const Element& element) {
    constexpr std::size_t kMostLinks = 100;  // Open at the same time: only broken pages have more than one.
    const std::string_view name = element.name;
    if (skipping_ > 0 || element.hidden || isSkipped(name) ||
        (!element.style.empty() && says(element.style, "display:none"))) {
        if (!isVoidElement(name)) ++skipping_;
        return;
    }
    if (name == "br") {
        breaks_ = std::min(breaks_ + 1, kMostBreaks);
        cell_fresh_ = spacer_ = false;
    } else if (name == "hr") {
        breakLine(1);
        write("---");
        breakLine(1);
    } else if (name == "img") {
        if (!element.alt.empty()) text("[" + std::string{beginning(element.alt, 200)} + "]");
    } else if (name == "a" && links_.size() < kMostLinks) {
        constexpr std::size_t kLongest = 500;
        const std::string_view href = trimmed(element.href);
        const bool shown = isShown(href) && href.size() <= kLongest;
        links_.push_back({shown ? std::string{href} : std::string{}, out_.size()});
    } else {
        openBlock(element);
    }
}

void PageWriter::openBlock(const Element& element) {
    const std::string_view name = element.name;
    if (name == "p") return breakLine(element.css_class.starts_with("Mso") ? 1 : 2);
    if (isOneOf(name, kHeadings)) return breakLine(2);
    if (name == "td" || name == "th") return openCell();
    if (!isOneOf(name, kBlocks)) return;
    breakLine(1);
    if (name == "pre") ++verbatim_;
    if (name == "tr") rows_.push_back({0, words_});
    if (name == "ul" || name == "ol") lists_.push_back({name == "ol", 1});
    if (name == "li")
        mark_ = !lists_.empty() && lists_.back().numbered ? std::to_string(lists_.back().next++) + ". " : "- ";
    if (name != "blockquote") return;
    // Some programs indent with it.
    quotes_.push_back(element.css_class == "gmail_quote" || !says(element.style, "border:none"));
    quoted_ += quotes_.back() ? 1 : 0;
}

void PageWriter::openCell() {
    if (rows_.empty()) rows_.push_back({0, words_});
    Row& row = rows_.back();
    if (row.cells++ > 0 && words_ > row.words) {
        breaks_ = 0;
        separate_ = true;
    }
    cell_fresh_ = true;
}

void PageWriter::close(std::string_view name) {
    if (skipping_ > 0) {
        --skipping_;
        return;
    }
    if (name == "a") return closeLink();
    if (name == "p") return breakLine(1);
    if (isOneOf(name, kHeadings)) return breakLine(2);
    if (name == "td" || name == "th") {
        cell_fresh_ = spacer_ = false;
        breaks_ = std::min(breaks_, 1);
        return;
    }
    if (!isOneOf(name, kBlocks)) return;
    if (name == "tr") {
        if (!rows_.empty()) rows_.pop_back();
        separate_ = false;
    }
    breakLine(1);
    if (name == "pre" && verbatim_ > 0) --verbatim_;
    if (name == "blockquote" && !quotes_.empty()) {
        quoted_ -= quotes_.back() ? 1 : 0;
        quotes_.pop_back();
    }
    if ((name == "ul" || name == "ol") && !lists_.empty()) lists_.pop_back();
    if (name == "li") mark_.clear();
}

void PageWriter::closeLink() {
    if (links_.empty()) return;
    const Link link = std::move(links_.back());
    links_.pop_back();
    if (link.href.empty() || link.begin > out_.size()) return;
    const std::string_view shown = trimmed(std::string_view{out_}.substr(link.begin));
    if (shown.empty() || sameWord(bareLink(shown), bareLink(link.href))) return;
    blank_ = true;
    write("(" + link.href + ")");
}

void PageWriter::text(std::string_view utf8) {
    if (skipping_ > 0) return;
    while (!utf8.empty() && !full_) {
        if (verbatim_ > 0) {
            const std::size_t end = std::min(utf8.find('\n'), utf8.size());
            if (end > 0) write(utf8.substr(0, end));
            if (end < utf8.size()) breaks_ = std::min(breaks_ + 1, kMostBreaks);
            utf8.remove_prefix(std::min(end + 1, utf8.size()));
            continue;
        }
        const bool hard = utf8.starts_with(kNoBreak);
        if (hard || isBlank(utf8.front())) {
            blank_ = true;
            spacer_ = spacer_ || (hard && (line_empty_ || breaks_ > 0));
            utf8.remove_prefix(hard ? kNoBreak.size() : 1);
            continue;
        }
        std::size_t end = 0;
        while (end < utf8.size() && !isBlank(utf8[end]) && !utf8.substr(end).starts_with(kNoBreak)) ++end;
        write(utf8.substr(0, end));
        utf8.remove_prefix(end);
    }
}

void PageWriter::beginLine() {
    constexpr std::size_t kMostSigns = 5;
    for (std::size_t i = 0; i < std::min(quoted_, kMostSigns); ++i) out_ += "> ";
    out_ += std::exchange(mark_, {});
}

void PageWriter::write(std::string_view word) {
    if (full_) return;
    if (breaks_ > 0) {
        if (!out_.empty()) out_.append(static_cast<std::size_t>(breaks_), '\n');
        line_empty_ = true;
    }
    if (line_empty_)
        beginLine();
    else if (separate_)
        out_ += " | ";
    else if (blank_)
        out_ += ' ';
    breaks_ = 0;
    blank_ = separate_ = cell_fresh_ = spacer_ = line_empty_ = false;
    ++words_;
    out_ += word;
    full_ = out_.size() > most_;
}

std::string PageWriter::take() && { return std::move(out_); }

}  // namespace pakn::decoder_process
