// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/outlier_what_if.h"
#include "widgets/jobs/worker.h"
#include "widgets/shared/view.h"

#include <QString>
#include <QWidget>

#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;

namespace bitprism {

class BarPlot;

/// "What would change it": the error of one layer's output as it is and after each transform, and
/// the largest magnitude of its input; a chosen transform goes into the recipe by a button. The
/// core answers on the window's interactive thread.
class WhatIfPanel : public QWidget
{
    Q_OBJECT

public:
    WhatIfPanel(ViewContext &context, QWidget *parent = nullptr);
    ~WhatIfPanel() override;

    /// An empty `folder`, or a layer without cached statistics: nothing can be computed, and
    /// `reason` says why.
    void setLayer(const std::filesystem::path &folder, const std::optional<LayerOutliers> &layer,
                  const QString &reason = {});
    WhatIfQuestion question() const;
    /// One of whatIfIds; empty: none.
    void choose(const QString &id);
    const QString &chosen() const { return m_chosen; }
    BarPlot &errors() { return *m_errors; }
    BarPlot &ranges() { return *m_ranges; }
    QPushButton &apply() { return *m_apply; }
    const std::optional<LayerWhatIf> &answer() const { return m_answer; }

Q_SIGNALS:
    void answered();

private:
    QWidget *makeControls();
    void ask();
    void take(const Answer<LayerWhatIf> &answer);
    void showBars();
    void showChoice();
    void putIntoRecipe();
    const WhatIfOutcome *outcome(const QString &id) const;
    bool isInRecipe(const QString &id) const;

    ViewContext m_context;
    QComboBox *m_weightBits;
    QComboBox *m_activationBits;
    QCheckBox *m_perToken;
    QLabel *m_note; ///< in place of the bars: why there are none
    QWidget *m_content;
    BarPlot *m_errors;
    BarPlot *m_ranges;
    QLabel *m_text;
    QPushButton *m_apply;
    Latest<LayerWhatIf> m_asking;

    std::filesystem::path m_folder;
    std::optional<LayerOutliers> m_layer;
    QString m_reason;
    QString m_problem;
    std::optional<LayerWhatIf> m_answer;
    QString m_chosen;
    bool m_isAsking = false;
};

/// What an outcome is called: "As it is", "SmoothQuant".
QString whatIfName(const std::string &id);

} // namespace bitprism
