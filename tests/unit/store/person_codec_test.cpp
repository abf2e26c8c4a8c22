/// @file
/// What older hubs sealed of a petitioner is read as it was meant then.

#include "core/store/person_codec.hpp"

#include <gtest/gtest.h>

namespace pakn::store {
namespace {

TEST(PersonCodec, WhatOlderHubsDidNotWriteIsEmpty) {
    const Person person =
        decodePerson(R"({"kind":"individual","name":"A","process_personal_data":true,"use_identity_in_handling":false,)"
                     R"("publish_identity":false,"declared_true":true})");
    EXPECT_TRUE(person.consent.process_personal_data);
    EXPECT_TRUE(person.provenance.empty());
    EXPECT_TRUE(person.consents.empty());
    EXPECT_FALSE(person.original);
}

TEST(PersonCodec, WhatIsNotThereTakesNoRoom) {
    const std::string text = encodePerson({});
    for (const char* name : {"provenance", "consents", "attributes"})
        EXPECT_EQ(text.find(name), std::string::npos) << name;
}

}  // namespace
}  // namespace pakn::store
