// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/shared/section.h"

#include <vector>

class QPushButton;
class QVBoxLayout;

namespace bitprism {

class ComponentSection;

/// The transforms of a recipe in the order they are applied.
class TransformsSection : public Section
{
    Q_OBJECT

public:
    explicit TransformsSection(QWidget *parent = nullptr);

    /// After the engine has added its components.
    void reload();
    void showTransforms(const std::vector<ComponentChoice> &transforms);
    /// Shows what is wrong at its field; false where something is.
    bool check();

Q_SIGNALS:
    void edited(const std::vector<bitprism::ComponentChoice> &transforms, const QString &text,
                const QString &mergeKey);

private:
    struct Row
    {
        QWidget *box = nullptr;
        ComponentSection *section = nullptr;
    };

    Row makeRow(std::size_t place);
    void add();
    void remove(std::size_t place);
    void moveUp(std::size_t place);

    std::vector<ComponentChoice> m_transforms;
    std::vector<Row> m_rows;
    QWidget *m_list;
    QVBoxLayout *m_listLayout;
    QPushButton *m_add;
};

} // namespace bitprism
