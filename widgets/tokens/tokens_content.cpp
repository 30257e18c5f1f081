// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TokensView that shows a comparison and goes through it.
#include "widgets/plot/picture_menu.h"
#include "widgets/plot/plot_text.h"
#include "widgets/plot/qcustomplot_header.h"
#include "widgets/shared/elided_label.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"
#include "widgets/tables/data_table.h"
#include "widgets/tokens/change_legend.h"
#include "widgets/tokens/continuation_panel.h"
#include "widgets/tokens/item_page.h"
#include "widgets/tokens/items_model.h"
#include "widgets/tokens/token_choices.h"
#include "widgets/tokens/tokens_view.h"
#include "widgets/tokens/worst_model.h"

#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QTextDocument>
#include <QtMath>

#include <cmath>

namespace bitprism {

void TokensView::showComparison()
{
    m_choices->showEvaluations(m_comparison.get());
    showHeading();
    m_item->setComparison(m_comparison, headingBefore(), nameOf(m_run));
    m_worstModel->setComparison(m_comparison);
    m_itemsModel->setComparison(m_comparison);
    const bool hasPieces = !m_comparison->worst.empty() && m_comparison->form == ItemForm::Text;
    m_legend->setComparison(hasPieces ? m_comparison : nullptr);
    m_tables->setTabVisible(0, hasPieces);
    m_nextWorst->setVisible(hasPieces);
    m_piece->setVisible(m_comparison->form == ItemForm::Text);
    m_worst = -1;
    showContinuations();
    if (hasPieces) {
        m_tables->setCurrentIndex(0);
        goToNextWorst();
    } else {
        m_tables->setCurrentIndex(1);
        m_itemTable->sortBy(m_comparison->hasReference ? ItemsModel::ChangeColumn
                                                       : ItemsModel::AfterColumn,
                            Qt::DescendingOrder);
        showItem(worstItem(*m_comparison));
    }
}

void TokensView::showHeading()
{
    const QString after = nameOf(m_run);
    const QString before = nameBefore();
    switch (m_comparison->form) {
    case ItemForm::Text:
        m_title->setText(
            tr("Change in the loss of each token, nats: %1 less %2").arg(after, before));
        break;
    case ItemForm::LabelledText:
        m_title->setText(tr("The class that each text is given by %1 and %2").arg(before, after));
        break;
    case ItemForm::Transcript:
        m_title->setText(tr("What %1 and %2 heard").arg(before, after));
        break;
    case ItemForm::Image:
        m_title->setText(
            tr("The class that each picture is given by %1 and %2").arg(before, after));
        break;
    case ItemForm::Output:
        m_title->setText(tr("Error of the output, as a share of its norm, in %1").arg(after));
        break;
    }
    const KeptEvaluation &kept = m_comparison->evaluations[m_comparison->shown];
    QStringList facts{QFileInfo(QString::fromStdString(m_comparison->model)).fileName(),
                      evaluationText(kept),
                      tr("%n items", nullptr, static_cast<int>(m_comparison->items.size()))};
    if (m_comparison->form == ItemForm::Text) {
        facts.append(tr("%1 tokens scored by both").arg(formatCount(m_comparison->scored)));
    }
    m_about->setText(listText(facts));
}

void TokensView::showContinuations()
{
    constexpr int continuationsTab = 2;
    m_tables->setTabVisible(continuationsTab,
                            m_comparison->evaluations[m_comparison->shown].task == "perplexity");
    ComparedModels models;
    models.modelPath = QString::fromStdString(m_comparison->model);
    models.runs = {m_reference, m_run};
    models.names = {headingBefore(), nameOf(m_run)};
    m_continuations->setModels(models);
}

void TokensView::showItem(int item, int piece)
{
    const int count = static_cast<int>(m_comparison->items.size());
    if (item < 0 || item >= count) {
        return;
    }
    if (item != m_item->item() || piece < 0) {
        m_item->showItem(item);
    }
    const ComparedItem &shown = m_comparison->items[static_cast<std::size_t>(item)];
    QString title = tr("Item %1 of %2").arg(item + 1).arg(count);
    if (!shown.source.empty()) {
        title = tr("%1: %2").arg(title, itemName(*m_comparison, static_cast<std::size_t>(item)));
    } else if (std::isfinite(shown.change())) {
        title = tr("%1: %2").arg(title,
                                 tr("%1 nats per token").arg(signedPlotNumber(shown.change())));
    }
    m_itemTitle->setText(title);
    m_previous->setEnabled(item > 0);
    m_next->setEnabled(item + 1 < count);
    m_item->text().setCurrentPiece(piece);
    m_picture->setTexts(m_title->text(), m_about->text());
    m_itemTable->setCurrentRow(item);
    showReading(piece);
}

PictureContent TokensView::itemPicture() const
{
    const QTextDocument *text = m_item->text().document();
    const int legend = m_legend->sizeHint().height() + space(this, 2);
    const QSize size(qMax(m_legend->sizeHint().width(), qCeil(text->size().width())),
                     legend + qCeil(text->size().height()));
    const QString title = clausesText({m_title->text(), m_itemTitle->text()});
    return {this, title, m_about->text(), size, [this, legend](QCPPainter &painter) {
                m_legend->draw(painter);
                painter.translate(0, legend);
                m_item->text().document()->drawContents(&painter);
            }};
}

void TokensView::showReading(int piece)
{
    m_piece->setText(piece < 0 ? tr("Choose a token to see its values; arrow keys go on.")
                               : m_item->text().reading(piece));
    m_worstTable->setCurrentRow(
        m_worstModel->rowOf(static_cast<std::size_t>(qMax(0, m_item->item())), piece));
}

void TokensView::goToNextWorst()
{
    if (m_comparison->worst.empty()) {
        return;
    }
    m_worst = (m_worst + 1) % static_cast<int>(m_comparison->worst.size());
    const PlacedPiece &place = m_worstModel->place(m_worst);
    showItem(static_cast<int>(place.item), static_cast<int>(place.piece));
}

} // namespace bitprism
