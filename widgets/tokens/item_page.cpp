// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/item_page.h"

#include "widgets/plot/plot_text.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"
#include "widgets/tokens/items_model.h"
#include "widgets/tokens/transcript_text.h"

#include <QFileInfo>
#include <QImageReader>
#include <QLabel>
#include <QTextBrowser>
#include <QVBoxLayout>

#include <cmath>

namespace bitprism {

namespace {

constexpr int largestSide = 1024; // of a picture as it is kept
constexpr int largestMagnification = 8; // of a tiny one, so that it can be seen

/// Null for what is no picture.
QImage pictureOf(const QString &path)
{
    QImageReader reader(path);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    if (size.isValid() && qMax(size.width(), size.height()) > largestSide) {
        reader.setScaledSize(size.scaled(largestSide, largestSide, Qt::KeepAspectRatio));
    }
    return reader.read();
}

QString paragraph(const QString &heading, const QString &text)
{
    return QStringLiteral("<p><b>%1</b><br>%2</p>").arg(heading.toHtmlEscaped(), text);
}

} // namespace

ItemPage::ItemPage(Worker &reader, QWidget *parent)
    : QWidget(parent)
    , m_verdict(new QLabel(this))
    , m_text(new TokenText(this))
    , m_transcript(new QTextBrowser(this))
    , m_picture(new QLabel(this))
    , m_reading(reader, this, [this](const Answer<QImage> &answer) { takePicture(answer); })
{
    m_verdict->setWordWrap(true);
    m_verdict->setTextFormat(Qt::PlainText);
    m_verdict->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_transcript->setAccessibleName(tr("What was said and what was heard"));
    m_transcript->document()->setDocumentMargin(space(this, 3));
    m_picture->setAlignment(Qt::AlignCenter);
    m_picture->setWordWrap(true);
    m_picture->setAccessibleName(tr("Picture"));
    m_picture->setMinimumHeight(em(this, 8));
    m_picture->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_verdict);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_transcript, 1);
    layout->addWidget(m_picture, 1);
}

void ItemPage::setComparison(const TokenComparisonPtr &comparison, const QString &before,
                             const QString &after)
{
    m_comparison = comparison;
    m_before = before;
    m_after = after;
    showItem(comparison && !comparison->items.empty() ? 0 : -1);
}

const ComparedItem *ItemPage::shown() const
{
    return m_comparison && m_item >= 0 && m_item < static_cast<int>(m_comparison->items.size())
        ? &m_comparison->items[static_cast<std::size_t>(m_item)]
        : nullptr;
}

void ItemPage::showItem(int item)
{
    m_item = item;
    const bool isKnown = shown() != nullptr;
    const ItemForm form = isKnown ? m_comparison->form : ItemForm::Text;
    const bool isText = form == ItemForm::Text || form == ItemForm::LabelledText;
    m_text->setVisible(isText);
    m_transcript->setVisible(form == ItemForm::Transcript);
    m_picture->setVisible(form == ItemForm::Image || form == ItemForm::Output);
    m_text->setItem(isText && isKnown ? m_comparison : nullptr,
                    static_cast<std::size_t>(qMax(0, item)));
    showVerdict();
    showTranscript();
    askPicture();
}

QString ItemPage::verdict() const { return m_verdict->text(); }

QString ItemPage::classLine(const QString &who, const std::string &hypothesis) const
{
    const QString given = QString::fromStdString(hypothesis);
    return hypothesis == shown()->reference ? tr("%1: %2, right (\u2713)").arg(who, given)
                                            : tr("%1: %2, wrong (\u2717)").arg(who, given);
}

void ItemPage::showVerdict()
{
    QStringList lines;
    if (const ComparedItem *item = shown()) {
        const bool hasBefore = std::isfinite(item->valueBefore);
        if (m_comparison->form == ItemForm::Image || m_comparison->form == ItemForm::LabelledText) {
            lines.append(tr("Class: %1").arg(QString::fromStdString(item->reference)));
            if (hasBefore) {
                lines.append(classLine(m_before, item->hypothesisBefore));
            }
            lines.append(classLine(m_after, item->hypothesisAfter));
        }
        if (m_comparison->form == ItemForm::Output) {
            lines.append(tr("Error of the output in %1: %2 of its norm")
                             .arg(m_after, plotNumber(item->valueAfter)));
        } else if (m_comparison->form == ItemForm::LabelledText
                   || m_comparison->form == ItemForm::Image) {
            lines.append(hasBefore
                             ? tr("Loss of the class: %1 nats before, %2 after")
                                   .arg(plotNumber(item->valueBefore), plotNumber(item->valueAfter))
                             : tr("Loss of the class: %1 nats").arg(plotNumber(item->valueAfter)));
        }
    }
    m_verdict->setText(lines.join(QLatin1Char('\n')));
    m_verdict->setVisible(!lines.isEmpty());
}

void ItemPage::showTranscript()
{
    m_transcript->clear();
    const ComparedItem *item = shown();
    if (item == nullptr || m_comparison->form != ItemForm::Transcript) {
        return;
    }
    const Theme theme = Theme::of(palette());
    QString html = paragraph(tr("Said"), QString::fromStdString(item->reference).toHtmlEscaped());
    const auto add = [&](const QString &who, const std::string &heard, const std::string &steps) {
        html += paragraph(tr("%1: %2").arg(who, wordErrorsText(wordErrorsOf(steps))),
                          transcriptHtml(item->reference, heard, steps, theme));
    };
    if (m_comparison->hasReference) {
        add(m_before, item->hypothesisBefore, item->alignmentBefore);
    }
    add(m_after, item->hypothesisAfter, item->alignmentAfter);
    m_transcript->setHtml(html);
}

void ItemPage::askPicture()
{
    m_image = QImage();
    m_picture->clear();
    const ComparedItem *item = shown();
    if (item == nullptr || m_picture->isHidden() || item->source.empty()) {
        m_reading.forget();
        return;
    }
    m_reading.ask([path = QString::fromStdString(item->source)] { return pictureOf(path); });
}

void ItemPage::takePicture(const Answer<QImage> &answer)
{
    m_image = answer.value.value_or(QImage());
    if (m_image.isNull() && shown() != nullptr) {
        const QFileInfo file(QString::fromStdString(shown()->source));
        m_picture->setText(file.exists()
                               ? tr("%1 cannot be decoded as a picture.").arg(file.fileName())
                               : tr("%1 is no longer there.").arg(file.filePath()));
        m_picture->setToolTip(file.filePath());
        return;
    }
    scalePicture();
}

void ItemPage::scalePicture()
{
    if (m_image.isNull()) {
        return;
    }
    const double ratio = devicePixelRatioF();
    const QSize room = (QSizeF(m_picture->size()) * ratio).toSize();
    const QSize most = (m_image.size() * largestMagnification).boundedTo(room);
    const bool isEnlarged = m_image.width() < most.width() && m_image.height() < most.height();
    QImage scaled = m_image.scaled(most, Qt::KeepAspectRatio,
                                   isEnlarged ? Qt::FastTransformation : Qt::SmoothTransformation);
    scaled.setDevicePixelRatio(ratio);
    m_picture->setPixmap(QPixmap::fromImage(scaled));
}

void ItemPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        showTranscript();
    }
}

void ItemPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    scalePicture();
}

} // namespace bitprism
