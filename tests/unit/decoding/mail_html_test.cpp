/// @file
/// Pages as text.

#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "core/decoder_process/mail_html.hpp"
#include "core/decoder_process/mail_markup.hpp"
#include "core/decoder_process/mail_text.hpp"

namespace pakn::decoder_process {
namespace {

constexpr std::size_t kMost = 1U << 20U;

std::string read(std::string_view html) { return withoutEmptyEnds(htmlToText(html, kMost).text); }

TEST(MailHtml, BlocksAreLines) {
    EXPECT_EQ(read("<div>a</div><div>b</div>"), "a\nb");
    EXPECT_EQ(read("a<br>b<br><br>c"), "a\nb\n\nc");
    EXPECT_EQ(read("<div>a</div><div><br></div><div>b</div>"), "a\n\nb");
    EXPECT_EQ(read("<p>a</p><p>b</p>"), "a\n\nb");
    EXPECT_EQ(read("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>"), "a\nb");
    EXPECT_EQ(read("<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b</p>"), "a\n\nb");
    EXPECT_EQ(read("<h1>a</h1>b<hr>c"), "a\n\nb\n---\nc");
    EXPECT_EQ(read("a<br><br><br><br><br><br>b"), "a\n\n\nb");
}

TEST(MailHtml, BlanksCollapse) {
    EXPECT_EQ(read("  a \n\t b&nbsp;&nbsp;c<b> d</b><i>e</i> "), "a b c de");
    EXPECT_EQ(read("<pre>a  b\n  c</pre>d"), "a  b\n  c\nd");
}

TEST(MailHtml, ListsAndTablesCanBeRead) {
    EXPECT_EQ(read("<ul><li>a<li>b</ul><ol><li>c<li>d</ol>"), "- a\n- b\n1. c\n2. d");
    EXPECT_EQ(read("<table><tr><td>a<td>b<tr><td><p>c</p><td><div>d</div></table>e"), "a | b\nc | d\ne");
    EXPECT_EQ(read("<table><tr><td></td><td>b</td></tr><tr><td>c</td><td></td></tr></table>"), "b\nc");
    EXPECT_EQ(read("<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>"), "a");
    EXPECT_EQ(read("<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d"), "> a\n> b\n> > c\nd");
    EXPECT_EQ(read("<blockquote style='margin:0 0 0 40px;border:none;padding:0'>a</blockquote>"), "a");
}

TEST(MailHtml, LinksSayWhereTheyLead) {
    EXPECT_EQ(read("<a href='https://x.example/a'>tin</a>."), "tin (https://x.example/a).");
    EXPECT_EQ(read("<a href='https://x.example/'>x.example</a>"), "x.example");
    EXPECT_EQ(read("<a href='mailto:a@x.example'>a@x.example</a>"), "a@x.example");
    EXPECT_EQ(read("<a href='https://evil.example/'>https://bank.example</a>"),
              "https://bank.example (https://evil.example/)");
    for (const char* href :
         {"javascript:x", " JavaScript:x", "data:text/html,x", "#x", "x.html", "file:///etc/passwd", ""})
        EXPECT_EQ(read("<a href='" + std::string{href} + "'>a</a>"), "a") << href;
    EXPECT_EQ(read("<a href='https://x.example/" + std::string(1000, 'x') + "'>a</a>"), "a");
    EXPECT_EQ(read("<a href='https://x.example/'><img src='y' alt='ảnh'></a>"), "[ảnh] (https://x.example/)");
}

TEST(MailHtml, WhatNobodySeesIsNotRead) {
    for (const char* html :
         {"<script>x</script>", "<style>x</style>", "<title>x</title>", "<!-- x -->", "<!--[if mso]>x<![endif]-->",
          "<p hidden>x</p>", "<div style='color:red; DISPLAY :none'>x<p>x</p></div>", "<iframe>x</iframe>",
          "<textarea>x</textarea>", "<?php x ?>", "<object>x</object>", "<img src='http://x.example/x.gif'>",
          "<input value=x>", "<head><meta content=x></head>"})
        EXPECT_EQ(read("a" + std::string{html} + "b").find('x'), std::string::npos) << html;
}

TEST(MailHtml, PagesNameTheirEncoding) {
    EXPECT_EQ(charsetOfPage("<meta charset=windows-1258>"), "windows-1258");
    EXPECT_EQ(charsetOfPage("<html><META http-equiv='Content-Type' content='text/html; charset=viscii; x'>"), "viscii");
    EXPECT_EQ(charsetOfPage("<!-- <meta charset=x> --><p>a"), "");
    EXPECT_EQ(charsetOfPage(std::string(2000, ' ') + "<meta charset=x>"), "");
}

/// A tree is not built from these: what is read without one must be the same text, or nearly.
TEST(MailHtml, WithoutATreeItStaysReadable) {
    const std::string deep(500 * 5, ' ');
    std::string html;
    for (int i = 0; i < 500; ++i) html += "<div>";
    EXPECT_FALSE(isTame(html));
    EXPECT_EQ(read(html + "<p>a &amp; &#272;&#xe8;n</p><p><a "
                          "href='https://x.example/&amp;'>tin</a><script>x</script><!-- x --></p>b"),
              "a & Đèn\n\ntin (https://x.example/&)\nb");
    EXPECT_FALSE(isTame("<svg>"));
    EXPECT_EQ(read("a<svg></svg><title>x</title>b"), "ab");
}

TEST(MailHtml, WhatPeopleSendIsTame) {
    std::string long_page;
    for (int i = 0; i < 1000; ++i)
        long_page += "<p>a<br><ul><li><p>b<li>c</ul><table><tr><td><p>d<td>e<tr><td>f</table><div><b>g</b></div>";
    EXPECT_TRUE(isTame(long_page));
    EXPECT_TRUE(isTame("<style><!-- p {} --></style><!--[if gte mso 9]><xml></xml><![endif]--><![if !x]>a<![endif]>"));
    EXPECT_FALSE(isTame("<script><!--<script></script>--></script>"));
    std::string sneaky;
    for (int i = 0; i < 500; ++i) sneaky += "<div><table><tr><td></div></table>";
    EXPECT_FALSE(isTame(sneaky)) << "an end that closes nothing";
}

TEST(MailHtml, HasBounds) {
    const HtmlText cut = htmlToText("<p>" + std::string(1000, 'a') + " b</p>", 100);
    EXPECT_TRUE(cut.cut);
    EXPECT_FALSE(htmlToText("<p>a", 100).cut);
    EXPECT_TRUE(htmlToText(std::string(5U << 20U, ' ') + "a", kMost).cut);
}

/// Each takes a full parser minutes, or all memory that there is.
TEST(MailHtml, NoPageTakesLong) {
    constexpr std::size_t kSize = 1'000'000;
    const auto many = [](const std::string& head, const std::string& one) {
        std::string html = head;
        while (html.size() < kSize) html += one;
        return html;
    };
    std::string formats;
    for (int i = 0; i < 300; ++i) formats += "<b a=" + std::to_string(i) + ">";
    std::string divs;
    for (int i = 0; i < 390; ++i) divs += "<div>";
    std::string attributes = "<a ";
    for (int i = 0; attributes.size() < kSize; ++i) attributes += "a" + std::to_string(i) + "=b ";
    for (const std::string& html : {many("", "<div>"),
                                    many(divs + "<b>", "x"),
                                    many(divs, "<p>x"),
                                    many(formats, "<p>"),
                                    many("", "<table>"),
                                    many("", "<table><tr><td>"),
                                    many("<table>", "x<b>"),
                                    many("", "<div><b></div>"),
                                    many("", "<!--"),
                                    many("", "<script>"),
                                    many("", "<a href=\""),
                                    many("", "&amp;"),
                                    many("", "<"),
                                    many("", "</p>"),
                                    attributes + ">x",
                                    many("", "<ul><li>"),
                                    many("", "<svg>"),
                                    many("", "<template>"),
                                    many("", "<a href='http://x.example/'>x"),
                                    many("<p style='", "a "),
                                    many(divs, "</x>"),
                                    many("", "<blockquote><p>x"),
                                    many("<svg>", "<blockquote><p>x")}) {
        const std::clock_t begin = std::clock();
        EXPECT_LE(htmlToText(html, kMost).text.size(), kMost + 1000);
        // One second is what a decoder may take for it; this build, and what looks over its shoulder, may be slow.
        EXPECT_LT(std::clock() - begin, 8 * CLOCKS_PER_SEC) << html.substr(0, 40);
    }
}

}  // namespace
}  // namespace pakn::decoder_process
