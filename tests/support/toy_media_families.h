// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/tensor_rules.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace bitprism::test {

/// Writes config.json and random tensors for `rules` but those named in `without`; norms' weights
/// and variances lie near one, all else around zero.
void writeToyTensors(const std::filesystem::path &folder, const nlohmann::json &config,
                     const std::vector<TensorRule> &rules,
                     const std::set<std::string> &without = {}, std::uint64_t seed = 1);

/// Whisper with 2 + 2 blocks, width 16, 2 heads, 8 mel bins, 1500 positions, 40 tokens: 0 to 37
/// are words ("w0" ...), 38 ends and 39 starts a transcript. With tokenizer.json.
void writeToyWhisper(const std::filesystem::path &folder,
                     const std::set<std::string> &without = {});

/// Moonshine with 2 + 2 blocks, width 24, 2 heads of 12, 10 of them rotary, 40 tokens: 1 starts and
/// 2 ends a transcript, all others are words.
void writeToyMoonshine(const std::filesystem::path &folder);

/// CLIP with a ViT of 2 blocks over 3 x 3 patches of 4 pixels and a text tower of 2 blocks; 40
/// tokens, 38 begins and 39 ends a text. `config` is merged into config.json.
void writeToyClip(const std::filesystem::path &folder, const std::string &config = "{}");

/// CLIP with the ResNet tower: stages of 1, 2, 1 and 1 bottlenecks, width 4, images of 64 pixels.
void writeToyClipResNet(const std::filesystem::path &folder);

/// A tone as 16-bit mono WAV of 16 kHz, written byte by byte.
void writeToyTone(const std::filesystem::path &path, double hertz, std::uint32_t samples);

nlohmann::json toyWhisperConfig();
nlohmann::json toyMoonshineConfig();
nlohmann::json toyClipConfig();
nlohmann::json toyClipResNetConfig();

} // namespace bitprism::test
