// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;

namespace bitprism {

class RunsModel;
class StatePanel;

/// The runs of the open store, sortable.
class RunsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit RunsPanel(ViewContext &context, QWidget *parent = nullptr);

private:
    void showProject();

    ViewContext &m_context;
    RunsModel *m_model;
    QSortFilterProxyModel *m_sorted;
    QTableView *m_table;
    StatePanel *m_state;
    QStackedLayout *m_layout;
};

} // namespace bitprism
