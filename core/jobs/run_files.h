// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/models/stream_state.h"
#include "core/store/experiment_store.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bitprism {

/// Names of a run's large files in its folder: the codes of a block, and the states behind it.
/// `unit` counts blocks over all stacks; what lies outside the blocks has the unit behind the last.
std::string codeFileName(int unit);
std::string stateFileName(int unit);
/// The states of the full-precision stream, where a run keeps one.
std::string fullStateFileName(int unit);

/// Writes what travels between blocks as a safetensors file that appears complete and flushed or
/// not at all; read back, every bit is the same. Caches are not kept.
void writeStateFile(const std::filesystem::path &file, const std::vector<StreamState> &states);
/// Throws BadInput for what writeStateFile() did not write.
std::vector<StreamState> readStateFile(const std::filesystem::path &file, at::Device device);

/// Where a run keeps what its activation quantizer searched, ActivationQuantizer::state().
std::filesystem::path activationFile(const std::filesystem::path &runFolder);
/// Appears complete and flushed or not at all.
void writeActivationFile(const std::filesystem::path &file, const Json &state);
/// Throws BadInput for a file that is missing or is no JSON object.
Json readActivationFile(const std::filesystem::path &file);

/// What a unit of a run was committed with.
struct CommittedUnit
{
    Json activations; ///< ActivationQuantizer::state() then
    std::string processor;
    std::int64_t threads = 0;
};
/// Throws BadInput that names run, unit and key for what is not a run's journal.
CommittedUnit readCommittedUnit(const store::JournalEntry &entry, const std::string &run);

/// Removes what a killed execution left: half-written files, and states of other units than `unit`,
/// the last that was committed (-1: none).
void sweepRunFolder(const std::filesystem::path &folder, int unit);

} // namespace bitprism
