// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QPersistentModelIndex>

#include <memory>

class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;

namespace bitprism {

class ModelTreeModel;
struct SensitivityTable;

/// The model's blocks and layers, with a filter; follows and sets the shared selection.
class ModelTreePanel : public QWidget
{
    Q_OBJECT

public:
    explicit ModelTreePanel(ViewContext &context, QWidget *parent = nullptr);

private:
    void showProject();
    void showLayer(const QString &layer);
    void takeCurrent(const QModelIndex &current);
    void takeFilter(const QString &text);
    void showMeasure();
    QString sourceOf(const QString &run, bool isComplete, int measured) const;

    ViewContext &m_context;
    ModelTreeModel *m_model;
    std::shared_ptr<const SensitivityTable> m_measured;
    QString m_source; ///< of m_measured, in words
    QSortFilterProxyModel *m_filter;
    QLineEdit *m_filterText;
    QTreeView *m_tree;
    QPersistentModelIndex m_opened; ///< the block that opened for the chosen layer alone
};

} // namespace bitprism
