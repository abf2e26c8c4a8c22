#pragma once
/// @file
/// Writes the text of a page while its elements come by.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::decoder_process {

/// An opening tag: what matters of it. Lives while it is handed over.
struct Element {
    std::string_view name = {};  ///< Lower case.
    std::string_view href = {};
    std::string_view alt = {};
    std::string_view style = {};
    std::string_view css_class = {};
    bool hidden = false;
};

/// Elements without content are opened and never closed.
class PageWriter {
public:
    explicit PageWriter(std::size_t most) : most_{most} {}

    /// Elements whose content nobody reads.
    static bool isSkipped(std::string_view name);

    void open(const Element& element);
    void close(std::string_view name);
    void text(std::string_view utf8);
    [[nodiscard]] bool isFull() const { return full_; }
    std::string take() &&;

private:
    struct Link {
        std::string href;
        std::size_t begin;
    };
    struct List {
        bool numbered;
        int next;
    };
    struct Row {
        int cells;
        std::size_t words;  ///< That were written before it.
    };

    void breakLine(int lines);
    void openBlock(const Element& element);
    void openCell();
    void closeLink();
    void write(std::string_view word);
    void beginLine();

    std::size_t most_;
    std::string out_ = {};
    std::string mark_ = {};  ///< Of a list's item, before its first word.
    int breaks_ = 0;         ///< Line ends that come before the next word.
    bool blank_ = false;     ///< A blank comes before it.
    bool line_empty_ = true;
    bool spacer_ = false;      ///< The line holds a blank that does not break, and nothing else yet.
    bool cell_fresh_ = false;  ///< Nothing stands in the table's cell yet.
    bool separate_ = false;    ///< A cell came before this one.
    std::size_t words_ = 0;
    bool full_ = false;
    int skipping_ = 0;
    int verbatim_ = 0;
    std::vector<bool> quotes_ = {};  ///< The blockquotes that are open: whether it is a quotation.
    std::size_t quoted_ = 0;         ///< So many are.
    std::vector<List> lists_ = {};
    std::vector<Row> rows_ = {};
    std::vector<Link> links_ = {};
};

}  // namespace pakn::decoder_process
