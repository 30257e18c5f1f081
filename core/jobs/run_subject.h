// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/export_subject.h"
#include "core/jobs/run_plan.h"
#include "core/models/model.h"
#include "core/quant/quantized_overlay.h"

namespace bitprism {

/// What exporters see of a run. The model (behind its transforms, without overlay), the codes and
/// the plan must outlive it.
class RunSubject final : public ExportSubject
{
public:
    RunSubject(const Model &transformed, const QuantizedOverlay &codes, const RunPlan &plan);

    const io::Checkpoint &checkpoint() const override { return m_model.checkpoint(); }
    const ModelInfo &info() const override { return m_model.info(); }
    QuantizedWeightPtr codes(const std::string &tensor) const override;
    std::optional<std::vector<float>> values(const std::string &tensor) const override;
    std::optional<UntiedHead> untiedHead() const override;
    std::vector<std::string> online() const override;

private:
    std::optional<at::Tensor> tensor(const std::string &name) const;

    const Model &m_model;
    const QuantizedOverlay &m_codes;
    const RunPlan &m_plan;
};

} // namespace bitprism
