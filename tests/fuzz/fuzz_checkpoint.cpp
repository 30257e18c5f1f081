// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/checkpoint.h"
#include "tests/fuzz/support.h"
#include "tests/support/toy_checkpoint.h"

using namespace bitprism;

namespace {

/// Two sound shards, whose index is the input.
std::filesystem::path makeFolder()
{
    const std::filesystem::path folder = fuzz::workFolder() / "sharded";
    test::ToyLlama toy;
    toy.hidden = 8;
    toy.intermediate = 8;
    toy.heads = 2;
    toy.keyValueHeads = 1;
    toy.headSize = 4;
    toy.blocks = 1;
    toy.shards = 2;
    toy.vocabulary = 16;
    test::writeToyLlama(folder, toy);
    return folder;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const std::filesystem::path folder = makeFolder();
    fuzz::writeFile("sharded/model.safetensors.index.json", fuzz::asText(data, size));
    fuzz::expectErrorOrSuccess([&] {
        const io::Checkpoint checkpoint(folder);
        for (const io::TensorInfo &tensor : checkpoint.tensors()) {
            checkpoint.readFloat(tensor.name);
        }
    });
    return 0;
}
