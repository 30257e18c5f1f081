// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QComboBox>
#include <QString>

#include <string>
#include <string_view>

namespace bitprism {

/// Which run of one kind the views show: the runs of the open model, the newest first. A choice
/// goes into the Selection, so that all views follow.
class ShownRunBox : public QComboBox
{
    Q_OBJECT

public:
    ShownRunBox(const ViewContext &context, std::string_view kind, QWidget *parent = nullptr);

    /// Offers the runs as they are now, and shows `run` without telling.
    void showRun(const QString &run);

private:
    ViewContext m_context;
    std::string m_kind;
};

} // namespace bitprism
