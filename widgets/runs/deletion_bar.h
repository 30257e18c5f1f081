// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;

namespace bitprism {

class RunDeletion;

/// Says how many runs were deleted a moment ago, and offers to bring them back as long as that is
/// possible.
class DeletionBar : public QFrame
{
    Q_OBJECT

public:
    /// `deletion` outlives the bar.
    explicit DeletionBar(RunDeletion &deletion, QWidget *parent = nullptr);

private:
    void showDeletion();

    RunDeletion &m_deletion;
    QLabel *m_text;
};

} // namespace bitprism
