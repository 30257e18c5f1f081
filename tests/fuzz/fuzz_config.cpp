// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/describe.h"
#include "core/families/llama_config.h"
#include "tests/fuzz/support.h"
#include "tests/support/toy_checkpoint.h"

#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

/// Sound tensors of qwen3 (the llama group's largest set), whose config.json is the input.
std::filesystem::path makeFolder()
{
    const std::filesystem::path folder = fuzz::workFolder() / "configured";
    test::ToyLlama toy;
    toy.modelType = "qwen3";
    toy.blocks = 1;
    test::writeToyLlama(folder, toy);
    return folder;
}

} // namespace

/// The description of an accepted model survives the store.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const std::filesystem::path folder = makeFolder();
    fuzz::writeFile("configured/config.json", fuzz::asText(data, size));
    fuzz::expectErrorOrSuccess([&] {
        const ModelInfo info = describeModel(folder);
        ModelInfo::fromJson(info.toJson()).toJson();
    });
    return 0;
}
