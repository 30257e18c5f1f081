// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QList>

class QPushButton;
class QVBoxLayout;

namespace bitprism {

/// The newest runs of the open model, each a line that opens it.
class LatestRuns : public QWidget
{
    Q_OBJECT

public:
    explicit LatestRuns(ViewContext &context, QWidget *parent = nullptr);

Q_SIGNALS:
    void showViewRequested(const QString &viewId);

private:
    struct Line
    {
        QString run;
        QString name;
        QString figures;
        QString view; ///< that shows its results
        bool operator==(const Line &) const = default;
    };

    void showRuns();
    QPushButton *addLine(const Line &line);

    ViewContext &m_context;
    QVBoxLayout *m_lines;
    QList<Line> m_shown;
};

} // namespace bitprism
