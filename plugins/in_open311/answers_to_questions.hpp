#pragma once
/// @file
/// The fields `attribute[…]` of a report, held against what its service asks.

#include <string>
#include <string_view>
#include <vector>

#include "catalogue.hpp"
#include "form.hpp"
#include "outcome.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn::in_open311 {

class QuestionAnswers {
public:
    /// The first value given for a code; empty when there is none.
    [[nodiscard]] std::string_view first(std::string_view code) const;
    /// As the petition keeps them: "open311_" and the code in lower case, several values with ", " between. So none can
    /// pass for an attribute that means something to the hub.
    [[nodiscard]] Attributes attributes() const;
    /// None is to a question that nobody asked.
    [[nodiscard]] bool areAllKnown() const { return all_known_; }

private:
    friend QuestionAnswers readAnswers(const Form& form, const Service* service, Problems& problems);
    struct Answer {
        std::string code = {};
        std::vector<std::string_view> values = {};  ///< Into the form, none empty.
    };

    Answer& of(std::string_view code);
    void check(const Question& question, Problems& problems) const;

    std::vector<Answer> answers_;
    bool all_known_ = true;
};

/// `attribute[code]=v`, repeated or as `attribute[code][]=v` for several values. `service` may be null: then nothing is
/// known of the questions. What is wrong is added to `problems`. The form outlives the answers.
QuestionAnswers readAnswers(const Form& form, const Service* service, Problems& problems);

}  // namespace pakn::in_open311
