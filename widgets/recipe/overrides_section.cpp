// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/overrides_section.h"

#include "widgets/recipe/overrides_model.h"
#include "widgets/shared/metrics.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>

#include <algorithm>
#include <set>

namespace bitprism {

namespace {

constexpr int shownRows = 5;

} // namespace

OverridesSection::OverridesSection(QWidget *parent)
    : Section(tr("Exceptions"), parent)
    , m_model(new OverridesModel(this))
    , m_table(new QTableView(this))
    , m_remove(new QPushButton(tr("Remove"), this))
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Exceptions by layer"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(OverridesModel::MatchColumn,
                                                      QHeaderView::Stretch);
    m_table->setFixedHeight(m_table->verticalHeader()->defaultSectionSize() * shownRows
                            + m_table->horizontalHeader()->sizeHint().height());
    auto *addButton = new QPushButton(tr("Add an exception"), this);
    auto *buttons = new QWidget(this);
    auto *line = new QHBoxLayout(buttons);
    line->setContentsMargins({});
    line->setSpacing(space(this, 2));
    line->addWidget(addButton);
    line->addWidget(m_remove);
    line->addStretch();
    addContent(m_table);
    addContent(buttons);
    connect(m_model, &OverridesModel::proposed, this, &OverridesSection::edited);
    connect(addButton, &QPushButton::clicked, this, &OverridesSection::add);
    connect(m_remove, &QPushButton::clicked, this, &OverridesSection::removeSelected);
    showOverrides({});
}

void OverridesSection::showOverrides(const std::vector<LayerOverride> &overrides)
{
    m_model->setOverrides(overrides);
    const auto count = static_cast<int>(overrides.size());
    m_table->setVisible(count > 0);
    m_remove->setEnabled(count > 0);
    setSummary(count == 0 ? tr("None") : tr("Patterns: %1").arg(count));
}

void OverridesSection::add()
{
    std::vector<LayerOverride> after = m_model->overrides();
    LayerOverride added;
    added.match = "*.down_proj";
    added.bits = 8;
    after.push_back(added);
    Q_EMIT edited(after);
    const QModelIndex place = m_model->index(m_model->rowCount() - 1, OverridesModel::MatchColumn);
    if (place.isValid()) {
        m_table->setCurrentIndex(place);
        m_table->edit(place);
    }
}

void OverridesSection::removeSelected()
{
    std::set<int, std::greater<>> rows;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows()) {
        rows.insert(index.row());
    }
    if (rows.empty() && m_model->rowCount() > 0) {
        rows.insert(m_model->rowCount() - 1);
    }
    std::vector<LayerOverride> after = m_model->overrides();
    for (const int row : rows) {
        after.erase(after.begin() + row);
    }
    Q_EMIT edited(after);
}

} // namespace bitprism
