// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

class QVBoxLayout;

namespace bitprism {

/// The newest runs of the store, each a line that opens it.
class LatestRuns : public QWidget
{
    Q_OBJECT

public:
    explicit LatestRuns(ViewContext &context, QWidget *parent = nullptr);

Q_SIGNALS:
    void showViewRequested(const QString &viewId);

private:
    void showRuns();

    ViewContext &m_context;
    QVBoxLayout *m_lines;
};

} // namespace bitprism
