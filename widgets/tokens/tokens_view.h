// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/worker.h"
#include "widgets/shared/view.h"
#include "widgets/tokens/token_text.h"

#include <QString>

#include <memory>

class QLabel;
class QPushButton;
class QStackedLayout;
class QTabWidget;

namespace bitprism {

class ChangeLegend;
class ContinuationPanel;
class DataTable;
class ElidedLabel;
class ItemPage;
class ItemsModel;
class PictureMenu;
class StateBanner;
class StatePanel;
class TokenChoices;
struct PictureContent;
class WorstModel;

/// The data of an evaluation token by token: what a run changed against the unquantized model or
/// another run, the worst tokens in context, transcripts and pictures with what was made of them,
/// and greedy continuations of both side by side.
class TokensView : public View
{
    Q_OBJECT

public:
    explicit TokensView(ViewContext &context, QWidget *parent = nullptr);

private:
    QWidget *makePage();
    QWidget *makeItem();
    QWidget *makeTables();
    void connectAll();
    /// Asks for what is chosen, or says why nothing can be shown.
    void refresh();
    void ask(bool again);
    void take(const Answer<TokenComparisonPtr> &answer);
    void showComparison();
    void showHeading();
    void showContinuations();
    void showItem(int item, int piece = -1);
    /// The whole item on its colours, with their legend.
    PictureContent itemPicture() const;
    void showReading(int piece);
    void goToNextWorst();
    void showState(const QString &sentence, const QString &action);
    void showBanner();
    QString chosenRun() const;
    QString nameOf(const QString &run) const;
    /// Within a sentence, and as a heading.
    QString nameBefore() const;
    QString headingBefore() const;

    ViewContext &m_context;
    QString m_run; ///< shown or asked for
    QString m_reference; ///< empty: the unquantized model
    QString m_key; ///< of the evaluation; empty: the first
    QString m_asked; ///< what the last question was about
    QString m_resumable; ///< run that a button goes on with
    int m_worst = -1; ///< row of the worst tokens that was shown last
    TokenComparisonPtr m_comparison;
    Latest<TokenComparisonPtr> m_reading;
    QStackedLayout *m_layout;
    QWidget *m_page = nullptr;
    StatePanel *m_state;
    StateBanner *m_banner;
    TokenChoices *m_choices;
    QLabel *m_title;
    ElidedLabel *m_about;
    ChangeLegend *m_legend;
    QLabel *m_itemTitle;
    QPushButton *m_previous;
    QPushButton *m_next;
    QPushButton *m_nextWorst;
    ItemPage *m_item;
    PictureMenu *m_picture; ///< of the item's text
    ElidedLabel *m_piece;
    QTabWidget *m_tables;
    DataTable *m_worstTable;
    WorstModel *m_worstModel;
    DataTable *m_itemTable;
    ItemsModel *m_itemsModel;
    ContinuationPanel *m_continuations;
};

} // namespace bitprism
