// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "widgets/shared/view.h"

#include <functional>
#include <vector>

class QLabel;
class QPushButton;

namespace bitprism {

class EstimateQuestion;

/// A button for each analysis, with what it does and how long it will take.
class StartButtons : public QWidget
{
    Q_OBJECT

public:
    explicit StartButtons(ViewContext &context, QWidget *parent = nullptr);

Q_SIGNALS:
    void showViewRequested(const QString &viewId);

private:
    struct Analysis
    {
        QString id; ///< of the job
        QString view; ///< that shows its results; empty: none
        QString title;
        QString help; ///< what it does
        QString helpOfWeights; ///< the same for a model that cannot be run
        QString settings; ///< a sentence on whose settings it takes, and its time is of
        std::function<JobRequest()> request;
        EstimateQuestion *question = nullptr;
        QPushButton *button = nullptr;
        QLabel *note = nullptr;
        QLabel *explanation = nullptr;
    };

    void add(Analysis analysis, const QString &text);
    void show();
    QString noteOf(const Analysis &analysis) const;

    ViewContext &m_context;
    std::vector<Analysis> m_analyses;
    QLabel *m_missing;
    QPushButton *m_chooseData;
};

} // namespace bitprism
