// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/run_files.h"

#include "core/base/error.h"
#include "core/families/config_reader.h"
#include "core/io/atomic_file.h"
#include "core/io/folder.h"
#include "core/io/json_reader.h"
#include "core/io/safetensors.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <span>

namespace bitprism {

namespace {

std::string numbered(const char *stem, int unit)
{
    char digits[16];
    std::snprintf(digits, sizeof digits, "%04d", unit);
    return std::string(stem) + "-" + digits + ".safetensors";
}

/// One member of a StreamState and its name in the file.
struct Part
{
    const char *name;
    at::Tensor StreamState::*member;
};

constexpr Part parts[] = {{"hidden", &StreamState::hidden},
                          {"mask", &StreamState::mask},
                          {"positions", &StreamState::positions},
                          {"memory", &StreamState::memory}};

io::Dtype dtypeOf(const at::Tensor &tensor)
{
    switch (tensor.scalar_type()) {
    case at::kFloat:
        return io::Dtype::F32;
    case at::kLong:
        return io::Dtype::I64;
    case at::kBool:
        return io::Dtype::Bool;
    default:
        BITPRISM_ASSERT(false, "states hold floats, positions and masks");
    }
}

at::ScalarType scalarType(io::Dtype dtype, const std::filesystem::path &file)
{
    switch (dtype) {
    case io::Dtype::F32:
        return at::kFloat;
    case io::Dtype::I64:
        return at::kLong;
    case io::Dtype::Bool:
        return at::kBool;
    default:
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: not a file of hidden states; run again."), file);
    }
}

std::span<std::byte> bytesOf(const at::Tensor &tensor)
{
    return {static_cast<std::byte *>(tensor.data_ptr()), tensor.nbytes()};
}

} // namespace

std::string codeFileName(int unit) { return numbered("codes", unit); }

std::string stateFileName(int unit) { return numbered("states", unit); }

std::string fullStateFileName(int unit) { return numbered("full-states", unit); }

std::filesystem::path activationFile(const std::filesystem::path &runFolder)
{
    return runFolder / "activations.json";
}

void writeActivationFile(const std::filesystem::path &file, const Json &state)
{
    io::AtomicFile out(file);
    const std::string text = state.dump();
    out.write(std::as_bytes(std::span(text)));
    out.commit();
}

Json readActivationFile(const std::filesystem::path &file)
{
    Json state = io::readJsonFile(file);
    if (!state.is_object()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: not the ranges of a run's activations; run again."),
                    file);
    }
    return state;
}

CommittedUnit readCommittedUnit(const store::JournalEntry &entry, const std::string &run)
{
    const std::string where = "run " + run + ", block " + std::to_string(entry.block);
    const Json journal = io::parseJson(entry.entry, where);
    const ConfigReader fields(journal, where);
    const Json *activations = fields.find("activations");
    if (activations == nullptr || !activations->is_object()) {
        fields.fail("activations", "an object");
    }
    constexpr std::int64_t mostThreads = 1 << 20;
    return {*activations, fields.text("processor", ""),
            fields.integer("threads", 0, mostThreads, 0)};
}

void sweepRunFolder(const std::filesystem::path &folder, int unit)
{
    for (const std::filesystem::path &path : io::entriesOf(folder)) {
        const std::string name = path.filename().string();
        const bool isState = name.starts_with("states-") || name.starts_with("full-states-");
        const bool isCurrent
            = unit >= 0 && (name == stateFileName(unit) || name == fullStateFileName(unit));
        if (name.ends_with(".part") || (isState && !isCurrent)) {
            io::removeAll(path);
        }
    }
}

void writeStateFile(const std::filesystem::path &file, const std::vector<StreamState> &states)
{
    std::vector<io::TensorDeclaration> declarations;
    std::vector<at::Tensor> tensors;
    for (std::size_t i = 0; i < states.size(); ++i) {
        for (const Part &part : parts) {
            const at::Tensor &tensor = states[i].*part.member;
            if (tensor.defined()) {
                tensors.push_back(tensor.to(at::kCPU).contiguous());
                declarations.push_back({std::to_string(i) + "." + part.name,
                                        dtypeOf(tensors.back()), tensors.back().sizes().vec()});
            }
        }
    }
    io::SafetensorsWriter writer(file, std::move(declarations),
                                 {{"states", std::to_string(states.size())}});
    for (const at::Tensor &tensor : tensors) {
        writer.write(bytesOf(tensor));
    }
    writer.commit();
}

std::vector<StreamState> readStateFile(const std::filesystem::path &file, at::Device device)
{
    const io::SafetensorsFile stored(file);
    std::vector<StreamState> states;
    while (stored.find(std::to_string(states.size()) + ".hidden") != nullptr) {
        StreamState state;
        for (const Part &part : parts) {
            const io::TensorInfo *info
                = stored.find(std::to_string(states.size()) + "." + part.name);
            if (info != nullptr) {
                const at::Tensor tensor = at::empty(info->shape, scalarType(info->dtype, file));
                stored.read(*info, bytesOf(tensor));
                state.*part.member = tensor.to(device);
            }
        }
        states.push_back(std::move(state));
    }
    const auto count = stored.metadata().find("states");
    if (count == stored.metadata().end() || count->second != std::to_string(states.size())) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the file of hidden states is damaged; run again."),
                    file);
    }
    return states;
}

} // namespace bitprism
