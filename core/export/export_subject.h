// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint.h"
#include "core/kernels/encoding.h"
#include "core/results/model_info.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// A head that was tied in the checkpoint and has a weight of its own now.
struct UntiedHead
{
    std::string tensor;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<float> values; ///< [rows, cols]; empty before a run
};

/// What an exporter writes: a checkpoint, and what a run made of its tensors.
class ExportSubject
{
public:
    virtual ~ExportSubject() = default;
    virtual const io::Checkpoint &checkpoint() const = 0;
    virtual const ModelInfo &info() const = 0;
    /// The codes of a layer, by its tensor; null where it has none. Before a run: their outline.
    virtual QuantizedWeightPtr codes(const std::string &tensor) const = 0;
    /// FP32 values that stand for a tensor (dequantized codes, an edited or transformed one),
    /// layers' weights [rows, cols]; nothing where it stays as it is stored.
    virtual std::optional<std::vector<float>> values(const std::string &tensor) const = 0;
    virtual std::optional<UntiedHead> untiedHead() const { return std::nullopt; }
    /// What would have to be done while the model runs, which no checkpoint holds.
    virtual std::vector<std::string> online() const { return {}; }
};

/// A checkpoint as it is, without a run: with the codes that it holds, or decoded.
class CheckpointSubject final : public ExportSubject
{
public:
    CheckpointSubject(const std::filesystem::path &path, bool keepsCodes);

    const io::Checkpoint &checkpoint() const override { return m_checkpoint; }
    const ModelInfo &info() const override { return m_info; }
    QuantizedWeightPtr codes(const std::string &tensor) const override;
    std::optional<std::vector<float>> values(const std::string &) const override
    {
        return std::nullopt;
    }

private:
    io::Checkpoint m_checkpoint;
    ModelInfo m_info;
    bool m_keepsCodes;
};

} // namespace bitprism
