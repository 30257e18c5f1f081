// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/compare/recipe_changes_model.h"

#include "widgets/compare/recipe_words.h"
#include "widgets/shared/format.h"
#include "widgets/tables/table_roles.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::string_view layerKeys = "allocation.layers.";
constexpr const char *layerList = "allocation.layers";
constexpr std::string_view widthKey = "weights.bits";

nlohmann::json allocationOf(const ComparedRun &run)
{
    const nlohmann::json recipe = nlohmann::json::parse(run.record.recipe, nullptr, false);
    return recipe.is_object() ? recipe.value("allocation", nlohmann::json()) : nlohmann::json();
}

/// How many layers the run's allocation names.
int namedLayers(const ComparedRun &run)
{
    const nlohmann::json allocation = allocationOf(run);
    const auto layers = allocation.is_object() ? allocation.find("layers") : allocation.end();
    return layers != allocation.end() && layers->is_object() ? static_cast<int>(layers->size()) : 0;
}

} // namespace

void RecipeChangesModel::setComparison(const std::shared_ptr<const Comparison> &comparison)
{
    beginResetModel();
    m_runs.clear();
    m_rows.clear();
    if (comparison) {
        for (const ComparedRun &run : comparison->runs) {
            m_runs.append(QString::fromStdString(run.record.name));
        }
        std::map<std::string, Row> rows;
        addOrigins(*comparison);
        for (std::size_t i = 0; i < comparison->runs.size(); ++i) {
            addRun(*comparison, i, rows);
        }
        for (auto &[key, row] : rows) {
            m_rows.push_back(std::move(row));
        }
    }
    endResetModel();
}

QString RecipeChangesModel::originOf(const ComparedRun &run)
{
    if (!run.hasRecipe()) {
        return tr("none; measured as it is: %1, %2 bits per weight")
            .arg(QString::fromStdString(run.storedType), formatBits(run.record.averageBits));
    }
    const nlohmann::json recipe = nlohmann::json::parse(run.record.recipe, nullptr, false);
    const nlohmann::json weights
        = recipe.is_object() ? recipe.value("weights", nlohmann::json()) : nlohmann::json();
    return weights.is_object() ? QString::fromStdString(weights.value("id", std::string()))
                               : notMeasured();
}

void RecipeChangesModel::addOrigins(const Comparison &comparison)
{
    const bool haveAll = std::all_of(comparison.runs.begin(), comparison.runs.end(),
                                     [](const ComparedRun &run) { return run.hasRecipe(); });
    if (haveAll) {
        return;
    }
    Row row{tr("Recipe"), {}, {}};
    for (const ComparedRun &run : comparison.runs) {
        row.values.append(originOf(run));
    }
    m_rows.push_back(std::move(row));
}

void RecipeChangesModel::addRun(const Comparison &comparison, std::size_t index,
                                std::map<std::string, Row> &rows) const
{
    const ComparedRun &run = comparison.runs[index];
    const auto place = static_cast<qsizetype>(index);
    bool haveLayersChanged = false;
    // Whatever a run does not change is as in the first recipe, which every change names; what has
    // no recipe has no values.
    const std::string &own = run.record.recipe;
    const std::string &first = firstRecipe(comparison);
    const auto rowOf = [&](const std::string &key, const QString &before) -> Row & {
        const auto [row, isNew] = rows.try_emplace(key);
        if (isNew) {
            // Of a component that only one of the runs has, that one knows the names.
            row->second = {recipeKeyText(key, own, first), QString::fromStdString(key), {}};
            for (const ComparedRun &each : comparison.runs) {
                row->second.values.append(each.hasRecipe() ? valueFor(each, key, before)
                                                           : notMeasured());
            }
        }
        return row->second;
    };
    for (const RecipeChange &change : run.recipeChanges) {
        if (change.key.starts_with(layerKeys)) { // the layers' own table has them one by one
            haveLayersChanged = true;
            continue;
        }
        const QString after = recipeValueText(change.key, change.after, own);
        rowOf(change.key, recipeValueText(change.key, change.before, first)).values[place]
            = valueFor(run, change.key, after);
    }
    if (haveLayersChanged) {
        QStringList &values = rowOf(layerList, notMeasured()).values;
        for (std::size_t i = 0; i < comparison.runs.size(); ++i) { // the first one's, too
            const int layers = namedLayers(comparison.runs[i]);
            values[static_cast<qsizetype>(i)]
                = layers > 0 ? tr("%n entries by layer", nullptr, layers) : notMeasured();
        }
    }
}

QString RecipeChangesModel::valueFor(const ComparedRun &run, const std::string &key,
                                     const QString &value)
{
    // An allocation leaves the quantizer's own width to the layers that it does not name.
    return key == widthKey && allocationOf(run).is_object()
        //: a width, of a run whose allocation gives the layers widths of their own
        ? tr("%1 for other layers").arg(value)
        : value;
}

const std::string &RecipeChangesModel::firstRecipe(const Comparison &comparison)
{
    static const std::string none;
    const auto first = std::find_if(comparison.runs.begin(), comparison.runs.end(),
                                    [](const ComparedRun &run) { return run.hasRecipe(); });
    return first == comparison.runs.end() ? none : first->record.recipe;
}

int RecipeChangesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RecipeChangesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || m_runs.isEmpty() ? 0 : 1 + static_cast<int>(m_runs.size());
}

QVariant RecipeChangesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const QString &text = index.column() == 0 ? row.name : row.values[index.column() - 1];
    if (role == Qt::ToolTipRole && index.column() == 0 && !row.key.isEmpty()) {
        return row.key; // as it stands in recipe files
    }
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) {
        return text;
    }
    if (role == MutedRole) { // what is as in the first run needs no second look
        return index.column() > 1 && row.values[index.column() - 1] == row.values.front();
    }
    return {};
}

QVariant RecipeChangesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0
        || section >= columnCount()) {
        return {};
    }
    return section == 0 ? tr("What the recipes differ in") : m_runs[section - 1];
}

} // namespace bitprism
