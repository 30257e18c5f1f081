// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/worker.h"
#include "widgets/tokens/token_text.h"

#include <QImage>
#include <QWidget>

class QLabel;
class QTextBrowser;

namespace bitprism {

/// One item of an evaluation as its task is about it: coloured text, a transcript against what was
/// said, or a picture, with what each model made of it.
class ItemPage : public QWidget
{
    Q_OBJECT

public:
    /// Pictures are read on `reader`, which outlives the page.
    explicit ItemPage(Worker &reader, QWidget *parent = nullptr);

    /// `before` and `after` name the two models.
    void setComparison(const TokenComparisonPtr &comparison, const QString &before,
                       const QString &after);
    /// Below 0: none.
    void showItem(int item);
    int item() const { return m_item; }
    TokenText &text() { return *m_text; }
    /// What stands above the item: its class and what the models gave, or how it was heard.
    QString verdict() const;

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    const ComparedItem *shown() const;
    void showVerdict();
    void showTranscript();
    void askPicture();
    void takePicture(const Answer<QImage> &answer);
    void scalePicture();
    QString classLine(const QString &who, const std::string &hypothesis) const;

    TokenComparisonPtr m_comparison;
    QString m_before;
    QString m_after;
    int m_item = -1;
    QLabel *m_verdict;
    TokenText *m_text;
    QTextBrowser *m_transcript;
    QLabel *m_picture;
    QImage m_image;
    Latest<QImage> m_reading;
};

} // namespace bitprism
