// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/export_subject.h"
#include "core/jobs/run_plan.h"
#include "core/models/model.h"
#include "core/quant/quantized_overlay.h"

namespace bitprism {

/// What exporters see of a run. The model (behind its transforms, without overlay) and the codes
/// must outlive it.
class RunSubject final : public ExportSubject
{
public:
    /// `online`: what transforms do while the model runs; `untiesHead`: a tied head has a weight of
    /// its own.
    RunSubject(const Model &transformed, const QuantizedOverlay &codes,
               std::vector<std::string> online, bool untiesHead);

    const io::Checkpoint &checkpoint() const override { return m_model.checkpoint(); }
    const ModelInfo &info() const override { return m_model.info(); }
    QuantizedWeightPtr codes(const std::string &tensor) const override;
    std::optional<std::vector<float>> values(const std::string &tensor) const override;
    std::optional<UntiedHead> untiedHead() const override;
    std::vector<std::string> online() const override { return m_online; }

private:
    std::optional<at::Tensor> tensor(const std::string &name) const;

    const Model &m_model;
    const QuantizedOverlay &m_codes;
    std::vector<std::string> m_online;
    bool m_untiesHead;
};

/// What exporters see of a run before it starts: the form of its codes and no value. Plan and model
/// (as it is stored) must outlive it.
class PlannedSubject final : public ExportSubject
{
public:
    PlannedSubject(const RunPlan &plan, const Model &model);

    const io::Checkpoint &checkpoint() const override { return m_model.checkpoint(); }
    const ModelInfo &info() const override { return m_model.info(); }
    QuantizedWeightPtr codes(const std::string &tensor) const override;
    std::optional<std::vector<float>> values(const std::string &) const override
    {
        return std::nullopt;
    }
    std::optional<UntiedHead> untiedHead() const override;
    std::vector<std::string> online() const override { return m_plan.transforms().online(); }

private:
    const RunPlan &m_plan;
    const Model &m_model;
    std::map<std::string, QuantizedWeightPtr> m_outlines; ///< by tensor
};

} // namespace bitprism
