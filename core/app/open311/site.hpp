#pragma once
/// @file
/// A server of somebody's, as the checklist asks it. Every question is bounded in time, every answer in size, and so is
/// how many there are.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/app/open311/document.hpp"
#include "pakn/sdk/http.hpp"

namespace pakn::app::open311 {

struct Options {
    std::string url = {};  ///< Of discovery, without "/discovery.xml", or of an endpoint.
    std::string jurisdiction = {};
    std::string key = {};  ///< Never shown.
    bool post = false;
};

/// What came back.
struct Answer {
    int status = 0;  ///< 0: nothing.
    HttpHeaders headers = {};
    std::string body = {};
    std::string trouble = {};           ///< Why nothing came.
    std::optional<Node> document = {};  ///< The body as the path's ending says, if it can be read.

    /// "text/xml" of "text/xml; charset=utf-8", in lower case.
    [[nodiscard]] std::string type() const;
    [[nodiscard]] std::string charset() const;
    /// For people: "200 text/xml", or why nothing came.
    [[nodiscard]] std::string summary() const;
    [[nodiscard]] bool ok() const { return status == 200; }
};

using Fields = std::vector<std::pair<std::string, std::string>>;
std::string encoded(const Fields& fields);

/// One thread.
class Site {
public:
    Site(HttpClient& client, Options options, Instant now);

    /// Finds the endpoints. kUnavailable when nobody answers at all.
    Status open();

    /// Below the place of discovery: "/discovery.xml". Asked once, as the next.
    const Answer& atRoot(const std::string& path);
    /// Below the endpoint: "/services.xml", "/requests.json?status=open". The jurisdiction comes along.
    const Answer& get(const std::string& path);
    Answer send(const std::string& method, const std::string& path);
    /// Below the endpoint for tests, or the only one, when `to_test`; else below the endpoint.
    Answer post(const std::string& path, const Fields& fields, bool to_test, HttpHeaders headers = {});
    Answer postWhole(const std::string& path, HttpHeaders headers, std::string body, bool to_test);
    Answer getAtTest(const std::string& path);

    /// The services, requests of the list in XML; empty when there are none or it cannot be read.
    const std::vector<Node>& services();
    const std::vector<Node>& requests();
    /// Services that have a definition, with it; at most 20 are looked at.
    std::vector<const Node*> definitions();

    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
    [[nodiscard]] bool hasTestEndpoint() const { return !test_.empty(); }

private:
    Answer ask(const HttpRequest& request);
    const Answer& remembered(const std::string& url);
    [[nodiscard]] std::string withJurisdiction(std::string url) const;
    std::string reachable(std::string_view named);

    HttpClient& client_;
    const Options options_;
    const Instant now_;
    std::string root_;
    std::string endpoint_;
    std::string test_;  ///< Empty: there is none.
    std::map<std::string, Answer> answers_;
    int asked_ = 0;
};

}  // namespace pakn::app::open311
