#include "core/decoder_process/mail.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "core/decoder_process/mail_charset.hpp"
#include "core/decoder_process/mail_header.hpp"
#include "core/decoder_process/mail_html.hpp"
#include "core/decoder_process/mail_quotes.hpp"
#include "core/decoder_process/mail_report.hpp"
#include "core/decoder_process/mail_text.hpp"
#include "core/decoder_process/mail_transfer.hpp"
#include "core/decoder_process/mail_tree.hpp"
#include "core/decoder_process/mail_words.hpp"
#include "core/isolation/codec.hpp"

namespace pakn::decoder_process {

namespace {

constexpr std::size_t kMostText = 1U << 20U;
constexpr std::size_t kMostBodies = 4U << 20U;  ///< Bytes of bodies that are looked at.
constexpr std::size_t kMostValue = 1000;        ///< Code points of an attribute,
constexpr std::size_t kMostLongValue = 4000;    ///< of those that list what came before.
constexpr std::size_t kMostFiles = 200;
/// Larger files travel as descriptors, of which one answer has a few: some are for the text and for the answer itself.
constexpr std::size_t kMostLargeFiles = isolation::kMostDescriptors - 3;
constexpr std::size_t kMostSmallBytes = 512U << 10U;  ///< Of all files that travel in the answer itself.

Error refusal(Errc code, const char* problem) { return {.code = code, .message = problem, .problem = problem}; }

bool isTrue(std::string_view yes) { return sameWord(yes, "yes"); }

/// The bodies of a mail as one text.
class TextReader {
public:
    void read(const Leaf& leaf) {
        constexpr std::size_t kMostPieces = 50;
        if (++count_ > kMostPieces || text_.size() >= kMostText) {
            cut_ = true;
            return;
        }
        std::string bytes = decodeTransfer(leaf.raw, leaf.encoding, left_ + 1);
        cut_ = cut_ || bytes.size() > left_;
        bytes.resize(std::min(bytes.size(), left_));
        left_ -= bytes.size();
        const std::string text = leaf.type == "text/html" ? html(bytes, leaf) : plain(std::move(bytes), leaf);
        if (text.empty()) return;
        if (!text_.empty() && !text_.ends_with('\n')) text_ += '\n';
        text_ += text;
    }

    void finish(Decoded& decoded) {
        Cleaned clean = cleanText(text_, kMostText);
        decoded.text = withoutEmptyEnds(clean.text);
        if (cut_ || clean.cut) decoded.attributes["text_cut"] = "true";
        if (guessed_) decoded.attributes["encoding_guessed"] = "true";
        if (const std::string charset = asciiLower(cleanLine(charset_, 60)); !charset.empty())
            decoded.attributes["charset"] = charset;
    }

    [[nodiscard]] const std::vector<UuFile>& files() const { return files_; }

private:
    std::string html(std::string_view bytes, const Leaf& leaf) {
        std::string_view declared = leaf.content["charset"];
        if (declared.empty()) declared = charsetOfPage(bytes);
        HtmlText page = htmlToText(unicode(bytes, declared), kMostText + 4);
        cut_ = cut_ || page.cut;
        return std::move(page.text);
    }

    std::string plain(std::string bytes, const Leaf& leaf) {
        if (bytes.find("begin ") != std::string::npos) {
            UuText apart = takeUuencoded(bytes);
            bytes = std::move(apart.text);
            std::move(apart.files.begin(), apart.files.end(), std::back_inserter(files_));
        }
        std::string text = unicode(bytes, leaf.content["charset"]);
        if (!sameWord(leaf.content["format"], "flowed")) return text;
        return unflow(text, isTrue(leaf.content["delsp"]));
    }

    std::string unicode(std::string_view bytes, std::string_view declared) {
        DecodedText text = decodeCharset(bytes, declared);
        guessed_ = guessed_ || text.guessed;
        if (charset_.empty()) charset_ = declared;
        return std::move(text.utf8);
    }

    std::size_t count_ = 0;
    std::size_t left_ = kMostBodies;
    std::string text_ = {};
    std::string charset_ = {};
    bool guessed_ = false;
    bool cut_ = false;
    std::vector<UuFile> files_ = {};
};

struct Extension {
    std::string_view type;
    std::string_view name;  ///< A whole name, or an extension.
};
constexpr std::array<Extension, 16> kExtensions{{{"image/jpeg", ".jpg"},
                                                 {"image/png", ".png"},
                                                 {"image/gif", ".gif"},
                                                 {"image/webp", ".webp"},
                                                 {"application/pdf", ".pdf"},
                                                 {"audio/mpeg", ".mp3"},
                                                 {"video/mp4", ".mp4"},
                                                 {"text/plain", ".txt"},
                                                 {"text/html", ".html"},
                                                 {"text/calendar", ".ics"},
                                                 {"message/rfc822", ".eml"},
                                                 {"message/delivery-status", ".txt"},
                                                 {"application/ms-tnef", "winmail.dat"},
                                                 {"application/pkcs7-mime", "smime.p7m"},
                                                 {"application/x-pkcs7-mime", "smime.p7m"},
                                                 {"application/pgp-signature", "signature.asc"}}};

std::string fileName(std::string_view declared, std::string_view type, std::size_t number) {
    std::string name = cleanFileName(declared);
    const bool mail = type == "message/rfc822" || type == "message/global";
    if (!name.empty()) return mail && !asciiLower(name).ends_with(".eml") ? name + ".eml" : name;
    const auto known =
        std::find_if(kExtensions.begin(), kExtensions.end(), [&](const Extension& one) { return one.type == type; });
    const std::string_view ending = known == kExtensions.end() ? ".bin" : known->name;
    return ending.starts_with('.') ? "part-" + std::to_string(number) + std::string{ending} : std::string{ending};
}

/// The files of a mail, as many as one answer can carry.
class FileTaker {
public:
    explicit FileTaker(std::uint64_t most) : most_{most} {}

    /// kUnavailable.
    Status add(const Leaf& leaf) {
        if (isFull()) return Done{};
        Result<Content> content = decodeTransferTo(leaf.raw, leaf.encoding, most_);
        if (!content && content.error().code != Errc::kTooLarge) return std::move(content).error();
        if (content)
            add(leaf.name(), cleanLine(leaf.type, 100), std::move(*content));
        else
            left_out_ = true;
        return Done{};
    }
    void add(const UuFile& file) {
        const std::string name = decodeCharset(file.name, "").utf8;
        if (!isFull()) add(name, "application/octet-stream", Content{file.bytes});
    }

    [[nodiscard]] bool leftOut() const { return left_out_; }
    std::vector<Attachment> take() && { return std::move(parts_); }

private:
    bool isFull() {
        left_out_ = left_out_ || parts_.size() >= kMostFiles;
        return parts_.size() >= kMostFiles;
    }

    void add(std::string_view name, std::string type, Content content) {
        const bool large = content.size() > isolation::kMostBytesInline;
        const bool room = large ? large_ < kMostLargeFiles : small_bytes_ + content.size() <= kMostSmallBytes;
        if (!room) {
            left_out_ = true;
            return;
        }
        if (large)
            ++large_;
        else
            small_bytes_ += content.size();
        std::string shown = fileName(name, type, parts_.size() + 1);
        parts_.push_back({.name = std::move(shown), .content_type = std::move(type), .content = std::move(content)});
    }

    std::uint64_t most_;
    std::vector<Attachment> parts_ = {};
    std::size_t large_ = 0;
    std::uint64_t small_bytes_ = 0;
    bool left_out_ = false;
};

std::string joined(const std::vector<std::string>& values, std::string_view between, std::size_t most) {
    std::string all;
    for (const std::string& value : values) {
        if (all.size() + value.size() + between.size() > most) break;
        if (!all.empty()) all += between;
        all += value;
    }
    return all;
}

std::string addresses(std::string_view raw) {
    constexpr std::size_t kMost = 100;
    std::vector<std::string> all;
    for (Mailbox& one : parseAddresses(raw, kMost)) all.push_back(std::move(one.address));
    return joined(all, ",", kMostValue);
}

/// The newest, because answers refer to them.
std::string references(std::string_view raw) {
    constexpr std::size_t kMost = 50;
    const std::vector<std::string> ids = parseMessageIds(raw);
    std::string all;
    std::size_t count = 0;
    for (auto id = ids.rbegin(); id != ids.rend() && count < kMost; ++id, ++count) {
        if (all.size() + id->size() + 1 > kMostLongValue) break;
        all = all.empty() ? *id : *id + ' ' + all;
    }
    return all;
}

std::string returnPath(std::string_view raw) {
    const std::string line = cleanLine(raw, kMostValue);
    return line == "<>" || line == "< >" ? "<>" : parseAddress(raw);
}

/// "auto-replied; owner-email=…" without what follows the word.
std::string firstWord(std::string_view raw) {
    const std::string line = cleanLine(asciiLower(raw), kMostValue);
    return line.substr(0, line.find_first_of(" ;(,"));
}

std::string results(const Header& header) {
    std::vector<std::string> all;
    for (const Field& field : header.fields)
        if (field.name == "authentication-results") all.push_back(cleanLine(field.value, kMostLongValue / 4));
    return joined(all, " | ", kMostLongValue);
}

class Facts {
public:
    explicit Facts(Attributes& attributes) : attributes_{attributes} {}
    void set(const char* name, std::string value) {
        if (!value.empty()) attributes_[name] = std::move(value);
    }
    void setLine(const char* name, std::string_view raw) { set(name, cleanLine(decodeWords(raw), kMostValue)); }

private:
    Attributes& attributes_;
};

void readFrom(const Header& header, Facts& facts) {
    const std::vector<Mailbox> from = parseAddresses(header["from"], 1);
    if (from.empty()) return;
    facts.set("from", from.front().address);
    facts.set("from_name", from.front().name);
}

void readHeader(const Header& header, Facts& facts) {
    readFrom(header, facts);
    facts.set("reply_to", parseAddress(header["reply-to"]));
    facts.set("to", addresses(header["to"]));
    facts.set("cc", addresses(header["cc"]));
    facts.setLine("subject", header["subject"]);
    if (const auto date = parseDate(header["date"])) facts.set("date", std::to_string(*date));
    if (const auto ids = parseMessageIds(header["message-id"]); !ids.empty()) facts.set("message_id", ids.front());
    if (const auto ids = parseMessageIds(header["in-reply-to"]); !ids.empty()) facts.set("in_reply_to", ids.front());
    facts.set("references", references(header["references"]));
    facts.set("return_path", returnPath(header["return-path"]));
    facts.set("auto_submitted", firstWord(header["auto-submitted"]));
    facts.set("precedence", firstWord(header["precedence"]));
    facts.setLine("list_id", header["list-id"]);
    facts.set("list_unsubscribe", header.count("list-unsubscribe") > 0 ? "true" : "");
    facts.setLine("x_auto_response_suppress", header["x-auto-response-suppress"]);
    facts.set("authentication_results", results(header));
}

void readReport(const Tree& tree, Facts& facts) {
    if (tree.type != "multipart/report") return;
    facts.set("report_type", cleanLine(tree.report_type, 100));
    DeliveryReport report = readDeliveryReport(tree);
    if (report.action.empty() && report.status.empty() && tree.report_type != "disposition-notification") return;
    facts.set("dsn_final_recipient", std::move(report.final_recipient));
    facts.set("dsn_original_recipient", std::move(report.original_recipient));
    facts.set("dsn_action", std::move(report.action));
    facts.set("dsn_status", std::move(report.status));
    facts.set("dsn_original_message_id", std::move(report.original_message_id));
}

/// kUnavailable.
Result<Content> ownText(const std::string& text) {
    ContentWriter writer{2 * kMostText};
    if (Status written = writer.append(ownPart(text)); !written) return std::move(written).error();
    return writer.finish();
}

}  // namespace

Status prepareMail() {
    prepareTrees();
    if (Status ready = prepareCharsets(); !ready) return ready;
    // Whatever its libraries read when they are first used, they read now.
    const Result<Decoded> first = readMail(
        std::string{"From: =?utf-8?q?An?= <an@dan.example>\nDate: Fri, 6 Mar 2026 08:00:00 +0700\nContent-Type: "
                    "text/html; charset=windows-1258\n\n<p>\xd0\xe8n \xf0\xfd\xf5\xcc"
                    "ng</p>\n"},
        {});
    if (!first || first->text.empty())
        return Error{.code = Errc::kMisconfigured, .message = "GMime cannot be started: install libgmime-3.0-0"};
    return Done{};
}

Result<Decoded> readMail(std::string mail, const MailLimits& limits) {
    Result<Tree> read = readTree(std::move(mail));
    if (!read) return std::move(read).error();
    Tree& tree = *read;
    Decoded decoded{.content_type = "message/rfc822"};
    Facts facts{decoded.attributes};
    readHeader(tree.header, facts);
    facts.set("content_type_top", cleanLine(tree.type, 200));
    readReport(tree, facts);

    TextReader text;
    for (const Leaf& leaf : tree.bodies) text.read(leaf);
    text.finish(decoded);
    if (decoded.text.find("-----BEGIN PGP MESSAGE-----") != std::string::npos) tree.notes.insert("pgp");

    Result<Content> own = ownText(decoded.text);
    if (!own) return std::move(own).error();
    FileTaker files{limits.output};
    for (const Leaf& leaf : tree.files)
        if (Status added = files.add(leaf); !added) return std::move(added).error();
    for (const UuFile& file : text.files()) files.add(file);
    if (files.leftOut()) tree.notes.insert("cut_parts");
    decoded.parts = std::move(files).take();
    decoded.parts.insert(decoded.parts.begin(),
                         {.name = "own.txt", .content_type = "text/x-pakn-own", .content = std::move(*own)});
    if (tree.header.count("from") > 1) tree.notes.insert("several_from");
    facts.set("notes", joined({tree.notes.begin(), tree.notes.end()}, " ", kMostValue));
    return decoded;
}

Result<Decoded> readMail(const Content& content, const MailLimits& limits) {
    Result<std::string> bytes = content.bytes(isolation::kMostBytes);
    if (!bytes) return refusal(Errc::kTooLarge, "decode.input_too_large");
    return readMail(std::move(*bytes), limits);
}

}  // namespace pakn::decoder_process
