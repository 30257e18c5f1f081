// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;

namespace bitprism {

/// One big number with its name above and a note below.
class FigureCard : public QWidget
{
    Q_OBJECT

public:
    explicit FigureCard(const QString &title, QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setFigure(const QString &figure, const QString &note);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QLabel *m_title;
    QLabel *m_figure;
    QLabel *m_note;
};

} // namespace bitprism
