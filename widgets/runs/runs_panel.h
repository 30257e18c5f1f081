// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QStringList>

#include <functional>

class QLineEdit;
class QStackedLayout;
class QTreeView;

namespace bitprism {

class DeletionBar;
class RunsModel;
class StatePanel;

/// The experiments and runs of the open store with their status, to search, open, compare, resume,
/// rename, export and delete. Deleting asks, and can be undone until the bar that offers it goes.
class RunsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit RunsPanel(ViewContext &context, QWidget *parent = nullptr);

    /// Ids of the selected runs.
    QStringList selectedRuns() const;
    void compareSelected();
    void resumeSelected();
    void deleteSelected();
    void renameSelected();
    /// Asks how and where, then writes the run's checkpoint as a job.
    void exportSelected();
    /// One of the selected runs is neither finished nor at work.
    bool canResume() const;
    /// The selected runs can be deleted or renamed.
    bool hasSelection() const { return !selectedRuns().isEmpty(); }

Q_SIGNALS:
    void selectionChanged();
    void showViewRequested(const QString &viewId);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void connectAll();
    void showRuns();
    void changeRows(const std::function<void()> &change);
    void fitStatus();
    void showSelected(const QString &runId);
    void selectAlso(const QStringList &runs);
    bool isResumable(const QString &run) const;
    void showProgress(quint64 job);
    void takeCurrent(const QModelIndex &current);
    void openRun(const QModelIndex &index);
    void showMenu(const QPoint &place);

    ViewContext &m_context;
    RunsModel *m_model;
    QLineEdit *m_filter;
    QTreeView *m_tree;
    StatePanel *m_state;
    QStackedLayout *m_layout;
    DeletionBar *m_deleted;
};

} // namespace bitprism
