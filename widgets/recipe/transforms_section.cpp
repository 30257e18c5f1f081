// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/transforms_section.h"

#include "widgets/recipe/component_section.h"
#include "widgets/shared/metrics.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitprism {

TransformsSection::TransformsSection(QWidget *parent)
    : Section(tr("Transforms"), parent)
    , m_list(new QWidget(this))
    , m_listLayout(new QVBoxLayout(m_list))
    , m_add(new QPushButton(tr("Add a transform"), this))
{
    m_listLayout->setContentsMargins({});
    m_listLayout->setSpacing(space(this, 2));
    addContent(m_list);
    addContent(m_add);
    connect(m_add, &QPushButton::clicked, this, &TransformsSection::add);
    reload();
}

void TransformsSection::reload()
{
    const bool hasAny = !Registry::instance().ids(Kind::transform).empty();
    m_add->setEnabled(hasAny);
    m_add->setToolTip(hasAny ? QString() : tr("This version has no transforms."));
    for (const Row &row : m_rows) {
        row.section->reload();
    }
    showTransforms(m_transforms);
}

void TransformsSection::showTransforms(const std::vector<ComponentChoice> &transforms)
{
    m_transforms = transforms;
    while (m_rows.size() > transforms.size()) {
        m_rows.back().box->deleteLater();
        m_rows.pop_back();
    }
    QStringList titles;
    for (std::size_t place = 0; place < transforms.size(); ++place) {
        if (place == m_rows.size()) {
            m_rows.push_back(makeRow(place));
        }
        m_rows[place].section->showChoice(transforms[place]);
        titles.append(componentTitle(Kind::transform, transforms[place].id));
    }
    setSummary(titles.isEmpty() ? tr("None") : titles.join(", "));
}

bool TransformsSection::check()
{
    bool isGood = true;
    for (std::size_t place = 0; place < m_rows.size(); ++place) {
        isGood = m_rows[place].section->check(m_transforms[place]) && isGood;
    }
    return isGood;
}

TransformsSection::Row TransformsSection::makeRow(std::size_t place)
{
    Row row;
    row.box = new QWidget(m_list);
    const QString title = tr("Transform %1").arg(place + 1);
    row.section = new ComponentSection(Kind::transform, title, false, row.box);
    row.section->setOpen(true);
    auto *up = new QPushButton(tr("Earlier"), row.box);
    up->setEnabled(place > 0);
    up->setAccessibleName(tr("Apply earlier: %1").arg(title));
    auto *remove = new QPushButton(tr("Remove"), row.box);
    remove->setAccessibleName(tr("Remove: %1").arg(title));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(up);
    buttons->addWidget(remove);
    buttons->addStretch();
    auto *layout = new QVBoxLayout(row.box);
    layout->setContentsMargins({});
    layout->addWidget(row.section);
    layout->addLayout(buttons);
    m_listLayout->addWidget(row.box);
    connect(up, &QPushButton::clicked, this, [this, place] { moveUp(place); });
    // Later: the row must not go while its button is being clicked.
    connect(
        remove, &QPushButton::clicked, this, [this, place] { this->remove(place); },
        Qt::QueuedConnection);
    connect(
        row.section, &ComponentSection::edited, this,
        [this, place](const ComponentChoice &choice, const QString &text, const QString &mergeKey) {
            std::vector<ComponentChoice> after = m_transforms;
            after[place] = choice;
            Q_EMIT edited(after, text, mergeKey);
        });
    return row;
}

void TransformsSection::add()
{
    const std::vector<std::string> ids = Registry::instance().ids(Kind::transform);
    if (!ids.empty()) {
        std::vector<ComponentChoice> after = m_transforms;
        after.push_back({ids.front(), "{}"});
        Q_EMIT edited(after, tr("Add a transform"), {});
    }
}

void TransformsSection::remove(std::size_t place)
{
    if (place < m_transforms.size()) {
        std::vector<ComponentChoice> after = m_transforms;
        after.erase(after.begin() + static_cast<std::ptrdiff_t>(place));
        Q_EMIT edited(after, tr("Remove a transform"), {});
    }
}

void TransformsSection::moveUp(std::size_t place)
{
    if (place > 0 && place < m_transforms.size()) {
        std::vector<ComponentChoice> after = m_transforms;
        std::swap(after[place - 1], after[place]);
        Q_EMIT edited(after, tr("Order of transforms"), {});
    }
}

} // namespace bitprism
