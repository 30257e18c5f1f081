// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/allocation.h"
#include "widgets/jobs/worker.h"
#include "widgets/plot/plot_data.h"
#include "widgets/shared/view.h"
#include "widgets/trade_offs/quantity.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

struct InteractionMatrix;
struct SensitivityTable;

/// What the open model's newest complete probes predict for every size: the solver's frontier, to
/// be drawn under measured runs.
class PredictedFrontier : public QObject
{
    Q_OBJECT

public:
    PredictedFrontier(ViewContext &context, QObject *parent);

    /// Looks for newer probes; changed() follows where there are.
    void refresh();
    /// Checkpoint that was probed; empty: nothing is predicted.
    const std::string &modelHash() const { return m_modelHash; }
    /// Size or average bits against a change of the loss; nothing for other axes, and where nothing
    /// is predicted. Ends where a damage drowns in its standard error. Names the text of the probes
    /// where `y` was measured on another.
    std::optional<PlotSeries> series(const Quantity &x, const Quantity &y) const;

Q_SIGNALS:
    void changed();

private:
    void forget();

    ViewContext m_context;
    Latest<std::vector<FrontierPoint>> m_solving;
    std::shared_ptr<const SensitivityTable> m_probes; ///< what was solved last
    std::shared_ptr<const InteractionMatrix> m_interactions;
    std::vector<FrontierPoint> m_points;
    std::string m_modelHash;
};

} // namespace bitprism
