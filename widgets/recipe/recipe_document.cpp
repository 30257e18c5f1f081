// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/recipe_document.h"

#include <QUndoCommand>

#include <algorithm>

namespace bitprism {

/// One step of editing: two whole recipes, which are small.
class RecipeCommand final : public QUndoCommand
{
public:
    RecipeCommand(RecipeDocument &document, const QString &text, Recipe after, QString mergeKey)
        : QUndoCommand(text)
        , m_document(document)
        , m_before(document.recipe())
        , m_after(std::move(after))
        , m_mergeKey(std::move(mergeKey))
    {
    }

    void undo() override { m_document.put(m_before); }
    void redo() override { m_document.put(m_after); }
    int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }
    bool mergeWith(const QUndoCommand *next) override
    {
        const auto *command = static_cast<const RecipeCommand *>(next); // same id, same class
        if (command->m_mergeKey != m_mergeKey) {
            return false;
        }
        m_after = command->m_after;
        setObsolete(m_after == m_before);
        return true;
    }

private:
    RecipeDocument &m_document;
    Recipe m_before;
    Recipe m_after;
    QString m_mergeKey;
};

namespace {

/// The override that names exactly this layer; `overrides.end()` for none.
template <typename Overrides> auto overrideOf(Overrides &overrides, const QString &layer)
{
    return std::find_if(
        overrides.begin(), overrides.end(),
        [name = layer.toStdString()](const LayerOverride &item) { return item.match == name; });
}

} // namespace

RecipeDocument::RecipeDocument(QObject *parent)
    : QObject(parent)
{
}

void RecipeDocument::edit(const QString &text, Recipe after, const QString &mergeKey)
{
    if (!(after == m_recipe)) {
        m_undo.push(new RecipeCommand(*this, text, std::move(after), mergeKey));
    }
}

void RecipeDocument::reset(const Recipe &recipe)
{
    m_undo.clear();
    put(recipe);
}

void RecipeDocument::replace(const Recipe &recipe)
{
    Q_EMIT replaced();
    reset(recipe);
}

void RecipeDocument::setLayerBits(const QString &layer, int bits)
{
    Recipe after = m_recipe;
    auto found = overrideOf(after.overrides, layer);
    if (found == after.overrides.end()) {
        LayerOverride added;
        added.match = layer.toStdString();
        found = after.overrides.insert(after.overrides.end(), added);
    }
    found->bits = bits;
    //: undo text; %1 is a layer's name
    edit(tr("bits of %1").arg(layer), std::move(after), "layer-bits " + layer);
}

void RecipeDocument::clearLayerBits(const QString &layer)
{
    Recipe after = m_recipe;
    const auto found = overrideOf(after.overrides, layer);
    if (found == after.overrides.end()) {
        return;
    }
    found->bits.reset();
    LayerOverride empty;
    empty.match = found->match;
    if (*found == empty) {
        after.overrides.erase(found);
    }
    edit(tr("bits of %1").arg(layer), std::move(after));
}

std::optional<int> RecipeDocument::layerBits(const QString &layer) const
{
    const auto found = overrideOf(m_recipe.overrides, layer);
    return found == m_recipe.overrides.end() ? std::nullopt : found->bits;
}

void RecipeDocument::put(const Recipe &recipe)
{
    m_recipe = recipe;
    Q_EMIT changed();
}

} // namespace bitprism
