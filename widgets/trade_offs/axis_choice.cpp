// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/axis_choice.h"

#include <QComboBox>

#include <algorithm>
#include <optional>

namespace bitprism {

namespace {

/// Runs of a model that have a value of it.
std::ptrdiff_t runsOfModel(const RunList &runs, const std::string &modelHash,
                           const Quantity &quantity)
{
    return std::count_if(runs.begin(), runs.end(), [&](const store::RunRecord &run) {
        return run.modelHash == modelHash && valueOf(run, quantity);
    });
}

/// What a task measured, not what size or machine say.
bool isMeasure(const Quantity &quantity)
{
    return quantity.kind == Quantity::Kind::DeltaNll || quantity.kind == Quantity::Kind::Metric
        || quantity.kind == Quantity::Kind::Divergence;
}

/// Losses against the unquantized model first: their errors are paired, so small. Else the value of
/// a task, else a divergence. Of these the one that most runs of the open model have: a project may
/// hold runs of several families.
std::size_t firstMeasure(const std::vector<Quantity> &quantities, const RunList &runs,
                         const std::string &modelHash)
{
    for (const Quantity::Kind kind :
         {Quantity::Kind::DeltaNll, Quantity::Kind::Metric, Quantity::Kind::Divergence}) {
        std::size_t best = 0;
        std::ptrdiff_t most = 0;
        for (std::size_t i = 0; i < quantities.size(); ++i) {
            const std::ptrdiff_t count
                = quantities[i].kind == kind ? runsOfModel(runs, modelHash, quantities[i]) : 0;
            if (count > most) {
                best = i;
                most = count;
            }
        }
        if (most > 0) {
            return best;
        }
    }
    // Nothing of the open model is measured: what was of others.
    const auto measured = std::find_if(quantities.begin(), quantities.end(), isMeasure);
    return measured == quantities.end() ? std::min<std::size_t>(1, quantities.size() - 1)
                                        : static_cast<std::size_t>(measured - quantities.begin());
}

} // namespace

AxisChoice::AxisChoice(QWidget *parent)
    : QObject(parent)
    , m_xBox(new QComboBox(parent))
    , m_yBox(new QComboBox(parent))
{
    m_xBox->setAccessibleName(tr("Quantity on the horizontal axis"));
    m_yBox->setAccessibleName(tr("Quantity on the vertical axis"));
    for (QComboBox *box : {m_xBox, m_yBox}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        connect(box, &QComboBox::activated, this, &AxisChoice::changed);
    }
    connect(m_yBox, &QComboBox::activated, this, [this] { m_isChosen = true; });
}

const Quantity &AxisChoice::at(const QComboBox &box) const
{
    return m_quantities[static_cast<std::size_t>(std::max(0, box.currentIndex()))];
}

void AxisChoice::setRuns(const RunList &runs, const std::string &modelHash)
{
    std::vector<Quantity> quantities = quantitiesOf(runs);
    // What was measured of other models alone comes last, in boxes and tables.
    const auto others
        = std::stable_partition(quantities.begin(), quantities.end(), [&](const Quantity &each) {
              return modelHash.empty() || runsOfModel(runs, modelHash, each) > 0;
          });
    m_ofModel = static_cast<std::size_t>(others - quantities.begin());
    if (quantities == m_quantities && modelHash == m_modelHash) {
        return;
    }
    const bool isFirst = m_quantities.empty();
    const std::optional<Quantity> chosenX = isFirst ? std::nullopt : std::optional(x());
    std::optional<Quantity> chosenY = isFirst ? std::nullopt : std::optional(y());
    const bool isOther = modelHash != m_modelHash;
    const bool isUnasked = !m_isChosen && (isOther || (chosenY && !isMeasure(*chosenY)));
    if (chosenY && (isUnasked || (isOther && runsOfModel(runs, modelHash, *chosenY) == 0))) {
        chosenY.reset(); // says nothing, or little, of the model that was opened
    }
    m_quantities = std::move(quantities);
    m_modelHash = modelHash;
    for (QComboBox *box : {m_xBox, m_yBox}) {
        box->clear();
        for (const Quantity &quantity : m_quantities) {
            box->addItem(quantity.title);
        }
    }
    const auto place = [this](const std::optional<Quantity> &chosen, std::size_t otherwise) {
        const auto found = std::find_if(m_quantities.begin(), m_quantities.end(),
                                        [&](const Quantity &each) { return each == chosen; });
        return static_cast<int>(found == m_quantities.end()
                                    ? otherwise
                                    : static_cast<std::size_t>(found - m_quantities.begin()));
    };
    m_xBox->setCurrentIndex(place(chosenX, 0));
    m_yBox->setCurrentIndex(place(chosenY, firstMeasure(m_quantities, runs, modelHash)));
}

} // namespace bitprism
