// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/token_comparison.h"
#include "widgets/plot/plot_text.h"

#include <QTextEdit>

#include <memory>
#include <vector>

namespace bitprism {

using TokenComparisonPtr = std::shared_ptr<const TokenComparison>;

/// The text of one item, each piece on the colour of its change in loss. Arrow keys go from piece
/// to piece, Home and End to the first and last; the pointer shows a piece's values.
class TokenText : public QTextEdit
{
    Q_OBJECT

public:
    explicit TokenText(QWidget *parent = nullptr);

    /// Null shows nothing.
    void setItem(const TokenComparisonPtr &comparison, std::size_t item);
    /// Scrolls to a piece and frames it, without telling; below 0: none.
    void setCurrentPiece(int piece);
    int currentPiece() const { return m_current; }
    /// What is known of a piece, in one line.
    QString reading(int piece) const;
    /// The piece at a place of the viewport; below 0: none.
    int pieceAt(const QPoint &place) const;
    /// The item's pieces with their losses, and what changed.
    PlotTable table() const;
    /// Where a piece stands in the viewport, line by line.
    std::vector<QRect> pieceRects(int piece) const;

Q_SIGNALS:
    void pieceChosen(int piece);

protected:
    /// What a text offers, and this widget's actions.
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    const ComparedItem *item() const;
    int pieceCount() const;
    void fill();
    void choose(int piece);
    QTextCharFormat formatOf(int piece) const;

    TokenComparisonPtr m_comparison;
    std::size_t m_item = 0;
    std::vector<int> m_starts; ///< position in the document by piece, and the end
    int m_current = -1;
};

/// A piece as a table or a sentence shows it: line feeds and tabs as signs.
QString pieceText(const std::string &piece);

/// The colour behind a change in loss; invalid where nothing was scored.
QColor changeColour(double change, const TokenComparison &comparison, const QPalette &palette);

} // namespace bitprism
