#include "core/decoder_process/mail_html.hpp"

#include <gumbo.h>

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include "core/decoder_process/mail_markup.hpp"
#include "core/decoder_process/mail_page.hpp"
#include "core/decoder_process/mail_text.hpp"

namespace pakn::decoder_process {

namespace {

/// Where gumbo's tree lives. It takes no tree apart that is deep, because it would do so by recursion, and it does not
/// expect that there may be no memory: so all of it is thrown away at once, and when it wants too much, or has worked
/// too long, the parsing ends right there (`end`).
class Arena {
public:
    explicit Arena(std::size_t page)
        : most_{std::min(kMost, kLeast + kTimes * page)}, until_{seconds() + secondsFor(page)} {}
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() {
        for (void* block : blocks_) std::free(block);
    }

    static void* allocate(void* arena, std::size_t size) { return static_cast<Arena*>(arena)->take(size); }
    static void release(void*, void*) {}

    std::jmp_buf end = {};

private:
    void* take(std::size_t size) {
        size = (size + 15U) & ~std::size_t{15};
        if (++calls_ % kCallsPerLook == 0 && seconds() > until_) std::longjmp(end, 1);
        if (size > left_) grow(size);
        char* const place = next_;
        next_ += size;
        left_ -= size;
        return place;
    }

    void grow(std::size_t size) {
        const std::size_t block = std::max(size, kBlock);
        taken_ += block;
        void* const memory = taken_ > most_ ? nullptr : std::malloc(block);
        if (memory == nullptr) std::longjmp(end, 1);
        blocks_.push_back(memory);
        next_ = static_cast<char*>(memory);
        left_ = block;
    }

    /// Processor time of this thread.
    static double seconds() {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
    }

    static double secondsFor(std::size_t page) { return 0.1 + 0.6e-6 * static_cast<double>(page); }

    static constexpr std::size_t kBlock = 1U << 20U;
    static constexpr std::size_t kMost = 128U << 20U;
    static constexpr std::size_t kLeast = 4U << 20U;
    static constexpr std::size_t kTimes = 100;  ///< What a page takes for each of its bytes, and a little more.
    static constexpr unsigned kCallsPerLook = 512;

    const std::size_t most_;
    const double until_;
    std::vector<void*> blocks_ = {};
    char* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t taken_ = 0;
    unsigned calls_ = 0;
};

/// Null when it would cost too much. Nothing here has a destructor that a jump could pass by.
const GumboOutput* parse(Arena& arena, const char* html, std::size_t size) {
    GumboOptions options = ::kGumboDefaultOptions;
    options.allocator = Arena::allocate;
    options.deallocator = Arena::release;
    options.userdata = &arena;
    options.max_errors = 0;
    if (setjmp(arena.end) != 0) return nullptr;
    return ::gumbo_parse_with_options(&options, html, size);
}

std::string_view attribute(const GumboElement& element, const char* name) {
    const GumboAttribute* const found = ::gumbo_get_attribute(&element.attributes, name);
    return found == nullptr ? std::string_view{} : std::string_view{found->value};
}

Element elementOf(const GumboElement& element) {
    return {.name = ::gumbo_normalized_tagname(element.tag),
            .href = attribute(element, "href"),
            .alt = attribute(element, "alt"),
            .style = attribute(element, "style"),
            .css_class = attribute(element, "class"),
            .hidden = ::gumbo_get_attribute(&element.attributes, "hidden") != nullptr};
}

const GumboVector* childrenOf(const GumboNode& node) {
    if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
    if (node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE) return &node.v.element.children;
    return nullptr;
}

/// Without recursion: the tree may be deep.
void writeTree(const GumboNode& root, PageWriter& page) {
    struct Step {
        const GumboNode* node;
        unsigned next;
    };
    std::vector<Step> way{{&root, 0}};
    while (!way.empty() && !page.isFull()) {
        Step& step = way.back();
        const GumboNode& node = *step.node;
        const GumboVector* const children = childrenOf(node);
        const bool element = node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE;
        if (step.next == 0) {
            if (element) page.open(elementOf(node.v.element));
            if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA)
                page.text(node.v.text.text);
        }
        if (children != nullptr && step.next < children->length) {
            const auto* const child = static_cast<const GumboNode*>(children->data[step.next++]);
            way.push_back({child, 0});
            continue;
        }
        if (element) {
            const std::string_view name = ::gumbo_normalized_tagname(node.v.element.tag);
            if (!isVoidElement(name)) page.close(name);
        }
        way.pop_back();
    }
}

/// For pages that no tree is built from.
void writeTags(std::string_view html, PageWriter& page) {
    MarkupReader reader{html};
    for (Markup one = reader.next(); one.kind != Markup::Kind::kEnd && !page.isFull(); one = reader.next()) {
        if (one.kind == Markup::Kind::kText) page.text(decodeEntities(one.text));
        if (one.kind == Markup::Kind::kClose) page.close(one.name);
        // Who knows whether it ends.
        if (one.kind != Markup::Kind::kOpen || PageWriter::isSkipped(one.name)) continue;
        const std::string href = one.name == "a" ? decodeEntities(attributeOf(one.text, "href")) : "";
        page.open({.name = one.name, .href = href, .css_class = attributeOf(one.text, "class")});
    }
}

}  // namespace

HtmlText htmlToText(std::string_view html, std::size_t most) {
    constexpr std::size_t kMostHtml = 4U << 20U;
    const bool cut = html.size() > kMostHtml;
    html = beginning(html, kMostHtml);
    PageWriter page{most};
    {
        Arena arena{html.size()};
        const GumboOutput* const tree = isTame(html) ? parse(arena, html.data(), html.size()) : nullptr;
        if (tree != nullptr)
            writeTree(*tree->document, page);
        else
            writeTags(html, page);
    }
    const bool full = page.isFull();
    return {std::move(page).take(), cut || full};
}

std::string_view charsetOfPage(std::string_view html) {
    constexpr std::size_t kLooked = 1024;
    MarkupReader reader{html.substr(0, kLooked)};
    for (Markup one = reader.next(); one.kind != Markup::Kind::kEnd; one = reader.next()) {
        if (one.kind != Markup::Kind::kOpen || one.name != "meta") continue;
        if (const std::string_view charset = attributeOf(one.text, "charset"); !charset.empty()) return charset;
        const std::string_view content = attributeOf(one.text, "content");
        const std::size_t at = asciiLower(content).find("charset=");
        if (at != std::string::npos) return content.substr(at + 8, content.find(';', at) - at - 8);
    }
    return {};
}

}  // namespace pakn::decoder_process
