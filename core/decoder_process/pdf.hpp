#pragma once
/// @file
/// PDF files: whether they can be read, and how many pages they have.

#include "pakn/sdk/host.hpp"

namespace pakn::decoder_process {

/// In `attributes` "encrypted" (true, false) and "pages"; without pages it asks for a password. What is broken but can
/// be put right is read. kRejected ("decode.not_a_pdf", "decode.damaged"), kTooLarge ("decode.input_too_large").
Result<Decoded> readPdf(const Content& content);

}  // namespace pakn::decoder_process
