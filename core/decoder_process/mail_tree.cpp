#include "core/decoder_process/mail_tree.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/decoder_process/mail_text.hpp"
#include "core/decoder_process/mail_transfer.hpp"

namespace pakn::decoder_process {

namespace {

constexpr int kDeepest = 20;
constexpr std::size_t kMostParts = 2000;
/// A line that begins with "--" may begin a part, for which GMime takes memory and time.
constexpr std::size_t kMostDelimiters = 20'000;

struct Unref {
    void operator()(void* object) const { ::g_object_unref(object); }
};

/// Without what mailboxes and their programs put before a mail. Old Macintoshes end lines with \r alone.
std::string withoutPreface(std::string mail) {
    const std::size_t first_end = std::min(mail.find_first_of("\r\n"), mail.size());
    if (first_end + 1 < mail.size() && mail[first_end] == '\r' && mail[first_end + 1] != '\n')
        for (std::size_t i = 0; i < mail.size(); ++i)
            if (mail[i] == '\r' && (i + 1 == mail.size() || mail[i + 1] != '\n')) mail[i] = '\n';
    std::size_t begin = mail.starts_with("\xef\xbb\xbf") ? 3 : 0;
    begin = std::min(mail.find_first_not_of("\r\n", begin), mail.size());
    const std::string_view rest = std::string_view{mail}.substr(begin);
    if (rest.starts_with("From ") || rest.starts_with(">From "))
        begin += std::min(rest.find('\n'), rest.size() - 1) + 1;
    mail.erase(0, begin);
    return mail;
}

/// How much of it can be taken apart within bounds: up to where there are too many parts, or a part's header has no
/// end.
std::size_t tameLength(std::string_view mail) {
    std::size_t delimiters = 0;
    std::size_t header_lines = 0;
    std::size_t header_begin = 0;
    bool in_header = false;
    for (std::size_t at = 0; at < mail.size();) {
        const std::size_t end = std::min(mail.find('\n', at), mail.size());
        const std::string_view line = mail.substr(at, end - at);
        if (line.starts_with("--")) {
            if (++delimiters > kMostDelimiters) return at;
            in_header = true;
            header_lines = 0;
            header_begin = end;
        } else if (in_header) {
            in_header = line.starts_with(' ') || line.starts_with('\t') || !fieldName(line).empty();
            if (in_header && (++header_lines > kMostHeaderLines || end - header_begin > kMostHeaderBytes)) return at;
        }
        at = end + 1;
    }
    return mail.size();
}

std::string rawField(GMimeObject* object, const char* name) {
    GMimeHeaderList* const list = ::g_mime_object_get_header_list(object);
    GMimeHeader* const header = list == nullptr ? nullptr : ::g_mime_header_list_get_header(list, name);
    const char* const value = header == nullptr ? nullptr : ::g_mime_header_get_raw_value(header);
    return value == nullptr ? std::string{} : std::string{value};
}

std::string typeOf(GMimeObject* object) {
    GMimeContentType* const type = ::g_mime_object_get_content_type(object);
    const char* const media = type == nullptr ? nullptr : ::g_mime_content_type_get_media_type(type);
    const char* const subtype = type == nullptr ? nullptr : ::g_mime_content_type_get_media_subtype(type);
    if (media == nullptr || subtype == nullptr) return "text/plain";
    return asciiLower(std::string{media} + '/' + subtype);
}

bool isOneOf(std::string_view type, std::initializer_list<std::string_view> types) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

/// A view of bytes that stay where they are, for GMime.
class ByteView {
public:
    explicit ByteView(std::string_view bytes)
        : array_{.data = reinterpret_cast<guint8*>(const_cast<char*>(bytes.data())),
                 .len = static_cast<guint>(bytes.size())},
          stream_{::g_mime_stream_mem_new_with_byte_array(&array_)} {
        ::g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream_.get()), FALSE);
    }
    [[nodiscard]] GMimeStream* stream() const { return stream_.get(); }

private:
    GByteArray array_;
    std::unique_ptr<GMimeStream, Unref> stream_;
};

/// Lives as long as the views into it.
struct Memory {
    explicit Memory(std::string bytes) : mail{std::move(bytes)} {}
    const std::string mail;
    std::optional<ByteView> view = {};
    std::unique_ptr<GMimeObject, Unref> root = {};
};

class Walker {
public:
    Walker(std::string_view mail, Tree& tree) : mail_{mail}, tree_{tree} {}

    void walk(GMimeObject* root) {
        std::vector<Leaf> bodies;
        node(root, 0, Place::kBody, bodies);
        tree_.bodies = std::move(bodies);
        if (tree_.bodies.empty()) promote();
    }

private:
    enum class Place : std::uint8_t { kBody, kFile };

    void node(GMimeObject* object, int depth, Place place, std::vector<Leaf>& bodies) {
        if (object == nullptr) return;
        if (++count_ > kMostParts) {
            tree_.notes.insert("cut_parts");
            return;
        }
        if (GMIME_IS_MULTIPART(object)) return several(GMIME_MULTIPART(object), depth, place, bodies);
        Leaf leaf = leafOf(object);
        if (leaf.type == "text/x-amp-html") return;
        const bool named = depth > 0 && !leaf.name().empty();
        const bool read = place == Place::kBody && isOneOf(leaf.type, {"text/plain", "text/html", "text/enriched"}) &&
                          leaf.disposition.value != "attachment" && !named;
        if (read) {
            bodies.push_back(std::move(leaf));
            return;
        }
        note(leaf);
        tree_.files.push_back(std::move(leaf));
    }

    void several(GMimeMultipart* multipart, int depth, Place place, std::vector<Leaf>& bodies) {
        const int count = ::g_mime_multipart_get_count(multipart);
        if (count == 0) return prologue(multipart, bodies);
        if (depth >= kDeepest) {
            tree_.notes.insert("cut_depth");
            return;
        }
        const std::string type = typeOf(GMIME_OBJECT(multipart));
        if (type == "multipart/encrypted") {
            tree_.notes.insert(
                rawField(GMIME_OBJECT(multipart), "Content-Type").find("pkcs7") == std::string::npos ? "pgp" : "smime");
            place = Place::kFile;
        }
        if (type == "multipart/alternative" && place == Place::kBody) return alternative(multipart, depth, bodies);
        // What follows the first is what it refers to, what signs it, or what reports on it for programs.
        const bool first_only = isOneOf(type, {"multipart/related", "multipart/signed", "multipart/report"});
        for (int i = 0; i < count && count_ <= kMostParts; ++i)
            node(::g_mime_multipart_get_part(multipart, i), depth + 1, first_only && i > 0 ? Place::kFile : place,
                 bodies);
    }

    /// The same in several forms: the plainest that says something.
    void alternative(GMimeMultipart* multipart, int depth, std::vector<Leaf>& bodies) {
        std::vector<Leaf> best;
        bool plain = false;
        const int count = ::g_mime_multipart_get_count(multipart);
        for (int i = 0; i < count && count_ <= kMostParts; ++i) {
            std::vector<Leaf> one;
            node(::g_mime_multipart_get_part(multipart, i), depth + 1, Place::kBody, one);
            if (plain || one.empty()) continue;
            plain = std::any_of(one.begin(), one.end(), saysSomethingPlainly);
            best = std::move(one);
        }
        std::move(best.begin(), best.end(), std::back_inserter(bodies));
    }

    static bool saysSomethingPlainly(const Leaf& leaf) {
        constexpr std::size_t kLooked = 8000;
        if (leaf.type == "text/html") return false;
        const std::string some = decodeTransfer(leaf.raw, leaf.encoding, kLooked);
        return std::any_of(some.begin(), some.end(), [](char c) { return static_cast<unsigned char>(c) > ' '; });
    }

    /// A multipart without parts: its delimiter is missing, or it never was one.
    void prologue(GMimeMultipart* multipart, std::vector<Leaf>& bodies) {
        const char* const text = ::g_mime_multipart_get_prologue(multipart);
        if (text == nullptr) return;
        bodies.push_back({.type = "text/plain",
                          .encoding = rawField(GMIME_OBJECT(multipart), "Content-Transfer-Encoding"),
                          .raw = text});
    }

    Leaf leafOf(GMimeObject* object) const {
        Leaf leaf{.type = typeOf(object),
                  .content = parseParameterized(rawField(object, "Content-Type")),
                  .disposition = parseParameterized(rawField(object, "Content-Disposition")),
                  .encoding = rawField(object, "Content-Transfer-Encoding")};
        GMimeDataWrapper* const wrapper =
            GMIME_IS_PART(object) ? ::g_mime_part_get_content(GMIME_PART(object)) : nullptr;
        GMimeStream* const stream = wrapper == nullptr ? nullptr : ::g_mime_data_wrapper_get_stream(wrapper);
        if (stream == nullptr) return leaf;
        const auto size = static_cast<gint64>(mail_.size());
        const gint64 begin = std::clamp<gint64>(stream->bound_start, 0, size);
        const gint64 end = stream->bound_end < 0 ? size : std::clamp<gint64>(stream->bound_end, begin, size);
        leaf.raw = mail_.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        return leaf;
    }

    void note(const Leaf& leaf) {
        const std::string name = asciiLower(leaf.name());
        if (isOneOf(leaf.type, {"application/ms-tnef", "application/vnd.ms-tnef"}) || name == "winmail.dat")
            tree_.notes.insert("tnef");
        if (isOneOf(leaf.type, {"message/rfc822", "message/global", "message/news"})) tree_.notes.insert("nested");
        if (isOneOf(leaf.type, {"application/pkcs7-mime", "application/x-pkcs7-mime"})) tree_.notes.insert("smime");
        if (leaf.type == "application/pgp-encrypted") tree_.notes.insert("pgp");
    }

    /// Nothing is there to be read: the first text that nobody declared a file is.
    void promote() {
        const auto text = std::find_if(tree_.files.begin(), tree_.files.end(), [](const Leaf& leaf) {
            return isOneOf(leaf.type, {"text/plain", "text/html"}) && leaf.disposition.value == "inline";
        });
        if (text == tree_.files.end()) return;
        tree_.bodies.push_back(std::move(*text));
        tree_.files.erase(text);
    }

    std::string_view mail_;
    Tree& tree_;
    std::size_t count_ = 0;
};

Error refusal(Errc code, const char* problem) { return {.code = code, .message = problem, .problem = problem}; }

}  // namespace

std::string_view Leaf::name() const {
    const std::string_view filename = disposition["filename"];
    return filename.empty() ? content["name"] : filename;
}

void prepareTrees() {
    ::g_mime_init();
    // A mail within a mail stays a file: nobody reads it, and it cannot nest.
    for (const char* subtype : {"rfc822", "rfc2822", "global", "global-rfc822", "news", "partial", "*"})
        ::g_mime_object_register_type("message", subtype, ::g_mime_part_get_type());
}

Result<Tree> readTree(std::string mail) {
    const auto memory = std::make_shared<Memory>(withoutPreface(std::move(mail)));
    const std::string_view all = memory->mail;
    Tree tree{.header = parseHeader(all), .memory = memory};
    if (tree.header.too_large) return refusal(Errc::kTooLarge, "decode.header_too_large");
    if (tree.header.fields.empty()) return refusal(Errc::kRejected, "decode.not_a_mail");
    const std::string_view tame = all.substr(0, tameLength(all));
    if (tame.size() < all.size()) tree.notes.insert("cut_parts");

    memory->view.emplace(tame);
    const std::unique_ptr<GMimeParser, Unref> parser{::g_mime_parser_new_with_stream(memory->view->stream())};
    ::g_mime_parser_set_persist_stream(parser.get(), TRUE);
    // As a part, not as a message: addresses and dates, which take GMime to recursion, are read elsewhere.
    memory->root.reset(::g_mime_parser_construct_part(parser.get(), nullptr));
    const Parameterized type = parseParameterized(tree.header["content-type"]);
    tree.type = memory->root ? typeOf(memory->root.get()) : type.value;
    tree.report_type = asciiLower(type["report-type"]);
    if (memory->root)
        Walker{tame, tree}.walk(memory->root.get());
    else if (tree.header.body < tame.size())  // A header that GMime does not take for one.
        tree.bodies.push_back({.type = "text/plain", .raw = tame.substr(tree.header.body)});
    return tree;
}

}  // namespace pakn::decoder_process
