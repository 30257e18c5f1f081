// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/shared/section.h"

#include <vector>

class QPushButton;
class QTableView;

namespace bitprism {

class OverridesModel;

/// The exceptions of a recipe by layer.
class OverridesSection : public Section
{
    Q_OBJECT

public:
    explicit OverridesSection(QWidget *parent = nullptr);

    void showOverrides(const std::vector<LayerOverride> &overrides);

Q_SIGNALS:
    void edited(const std::vector<bitprism::LayerOverride> &overrides);

private:
    void add();
    void removeSelected();

    OverridesModel *m_model;
    QTableView *m_table;
    QPushButton *m_remove;
};

} // namespace bitprism
