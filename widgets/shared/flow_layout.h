// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>
#include <QList>

class QLabel;

namespace bitprism {

/// Puts items in a line and goes on in the next where the width ends: a row of controls that keeps
/// its words in a narrow window, at a large font, in any language. All items of a line are as high
/// as the highest, and stand at its middle.
class FlowLayout : public QLayout
{
    Q_OBJECT

public:
    /// `gap` lies between items of a line, half of it between lines.
    explicit FlowLayout(int gap, QWidget *parent = nullptr);
    ~FlowLayout() override;

    /// A field with its label before it, and what belongs behind it; they stay together. Returns
    /// the label.
    QLabel *addLabelled(const QString &text, QWidget *field, QWidget *after = nullptr);
    /// What follows stands at the right end of its line.
    void startRightGroup() { m_firstRight = static_cast<int>(m_items.size()); }

    void addItem(QLayoutItem *item) override { m_items.append(item); }
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem *itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem *takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange(QRect(0, 0, width, 0), false); }
    void setGeometry(const QRect &rect) override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;

private:
    /// Returns the height that is needed; moves the items if `moves`.
    int arrange(const QRect &rect, bool moves) const;
    void placeLine(int first, int end, const QRect &line) const;

    QList<QLayoutItem *> m_items;
    int m_gap;
    int m_firstRight = -1; ///< -1: nothing stands right
};

} // namespace bitprism
