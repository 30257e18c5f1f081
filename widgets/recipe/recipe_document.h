// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"

#include <QObject>
#include <QString>
#include <QUndoStack>

#include <optional>

namespace bitprism {

/// The one recipe that the window edits. Every change goes through edit() and can be undone;
/// changes with the same merge key that follow each other (a slider that moves, a number that is
/// typed) undo as one.
class RecipeDocument : public QObject
{
    Q_OBJECT

public:
    explicit RecipeDocument(QObject *parent = nullptr);

    const Recipe &recipe() const { return m_recipe; }
    QUndoStack &undoStack() { return m_undo; }

    /// Does nothing if `after` equals the recipe. `text` names the change in the Edit menu: "Bits".
    void edit(const QString &text, Recipe after, const QString &mergeKey = {});
    /// Another recipe to start from; forgets what could be undone.
    void reset(const Recipe &recipe);
    /// The same for another model: what is under way for the one before must not land in it.
    void replace(const Recipe &recipe);

    /// One layer's width, as an override that names the layer; it beats allocation and quantizer.
    void setLayerBits(const QString &layer, int bits);
    void clearLayerBits(const QString &layer);
    /// Nothing where no override names the layer with a width.
    std::optional<int> layerBits(const QString &layer) const;

Q_SIGNALS:
    void changed();
    /// By replace(), said before changed().
    void replaced();

private:
    friend class RecipeCommand;
    void put(const Recipe &recipe);

    Recipe m_recipe;
    QUndoStack m_undo;
};

} // namespace bitprism
