// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/importance.h"
#include "core/families/describe.h"
#include "core/io/checkpoint.h"
#include "core/tokenize/tokenizer.h"
#include "tests/fuzz/support.h"

using namespace bitprism;

/// A GGUF as a model, as a tokenizer, and as an importance matrix.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::filesystem::path path = fuzz::writeFile("model.gguf", fuzz::asText(data, size));
    fuzz::expectErrorOrSuccess([&] {
        const io::Checkpoint checkpoint(path);
        for (const io::TensorInfo &tensor : checkpoint.tensors()) {
            checkpoint.readFloat(tensor.name);
        }
        describeModel(checkpoint);
    });
    fuzz::expectErrorOrSuccess(
        [&] { tokenize::Tokenizer::open(path)->encodeIds("Some text, 12."); });
    fuzz::expectErrorOrSuccess([&] { readImportance(path); });
    return 0;
}
