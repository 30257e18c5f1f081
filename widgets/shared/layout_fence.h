// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace bitprism {

/// Around a widget that changes often in a large window: what changes inside is laid out inside.
/// The layout outside hears of it only when the content's size hints became others; Qt by itself
/// lays out every parent up to the window whenever a label gets another text.
class LayoutFence : public QWidget
{
    Q_OBJECT

public:
    explicit LayoutFence(QWidget *content, QWidget *parent = nullptr);

    /// In these directions the content wants nothing of its own; a minimum size can be set.
    void setModest(Qt::Orientations directions);

    QSize sizeHint() const override { return m_sizeHint; }
    QSize minimumSizeHint() const override { return m_minimum; }

protected:
    bool event(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void readHints();

    QWidget *m_content;
    Qt::Orientations m_modest;
    QSize m_sizeHint;
    QSize m_minimum;
};

} // namespace bitprism
