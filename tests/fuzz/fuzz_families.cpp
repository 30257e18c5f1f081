// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/describe.h"
#include "tests/fuzz/support.h"
#include "tests/support/toy_families.h"
#include "tests/support/toy_media_families.h"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

using namespace bitprism;

namespace {

constexpr std::array<const char *, 6> textFamilies{"gpt2",    "opt",    "bert",
                                                   "roberta", "albert", "llada"};
constexpr std::array<const char *, 4> mediaFamilies{"whisper", "moonshine", "clip", "clip-resnet"};

/// Sound tensors of every family but llama's, whose config.json is the input.
void writeFolders()
{
    for (const char *name : textFamilies) {
        test::ToyFamily toy;
        toy.modelType = name;
        test::writeToyFamily(fuzz::workFolder() / name, toy);
    }
    test::writeToyWhisper(fuzz::workFolder() / "whisper");
    test::writeToyMoonshine(fuzz::workFolder() / "moonshine");
    test::writeToyClip(fuzz::workFolder() / "clip");
    test::writeToyClipResNet(fuzz::workFolder() / "clip-resnet");
}

} // namespace

/// The first byte chooses the family; the description of an accepted model survives the store.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const bool isWritten = (writeFolders(), true);
    if (!isWritten || size == 0) {
        return 0;
    }
    const std::size_t chosen = *data % (textFamilies.size() + mediaFamilies.size());
    const std::string family = chosen < textFamilies.size()
        ? textFamilies.at(chosen)
        : mediaFamilies.at(chosen - textFamilies.size());
    fuzz::writeFile(family + "/config.json", fuzz::asText(data + 1, size - 1));
    fuzz::expectErrorOrSuccess([&] {
        const ModelInfo info = describeModel(fuzz::workFolder() / family);
        ModelInfo::fromJson(info.toJson()).toJson();
    });
    return 0;
}
