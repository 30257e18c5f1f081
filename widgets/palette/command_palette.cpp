// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/palette/command_palette.h"

#include "widgets/shared/metrics.h"
#include "widgets/shared/row_delegate.h"
#include "widgets/shared/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

namespace bitprism {

namespace {

/// The command's title at the left and its hint, muted, at the right; of the two the title gives
/// way.
class CommandDelegate : public RowDelegate
{
public:
    using RowDelegate::RowDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const int gap = option.fontMetrics.height() / 2;
        const QString hint = option.fontMetrics.elidedText( // a reason may be long
            index.data(CommandList::hintRole).toString(), Qt::ElideRight, option.rect.width() / 2);
        QStyleOptionViewItem row = option;
        initStyleOption(&row, index);
        const int taken = hint.isEmpty() ? 0 : option.fontMetrics.horizontalAdvance(hint) + 2 * gap;
        row.text = option.fontMetrics.elidedText(row.text, Qt::ElideRight,
                                                 option.rect.width() - taken - gap);
        const QStyle &style = row.widget == nullptr ? *QApplication::style() : *row.widget->style();
        style.drawControl(QStyle::CE_ItemViewItem, &row, painter, row.widget);
        painter->setPen(Theme::of(option.palette).mutedText);
        painter->drawText(option.rect.adjusted(0, 0, -gap, 0), Qt::AlignRight | Qt::AlignVCenter,
                          hint);
    }
};

} // namespace

CommandPalette::CommandPalette(std::vector<Command> commands, QWidget *parent)
    : QDialog(parent, Qt::Popup)
    , m_commands(new CommandList(this))
    , m_text(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_nothing(new QLabel(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setAccessibleName(tr("Command palette"));
    m_commands->setCommands(std::move(commands));
    m_text->setPlaceholderText(tr("Search or run anything"));
    m_text->setAccessibleName(tr("Search or run anything"));
    m_text->installEventFilter(this);
    m_list->setModel(m_commands);
    m_list->setAccessibleName(tr("Commands that fit"));
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setCurrentIndex(m_commands->firstPossible());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space(this, 2), space(this, 2), space(this, 2), space(this, 2));
    layout->addWidget(m_text);
    layout->addWidget(m_list);
    layout->addWidget(m_nothing);
    m_nothing->setForegroundRole(QPalette::PlaceholderText);
    m_nothing->setTextFormat(Qt::PlainText);
    m_nothing->setWordWrap(true);
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->hide();
    const int width = 56; // a command with the title of a plot
    const int lines = 24;
    const int most = parent == nullptr ? em(this, width) : parent->width() - em(this, 4);
    resize(qMin(em(this, width), most), fontMetrics().height() * lines);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff); // what is long is elided
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_commands->setFilter(text);
        m_list->setCurrentIndex(m_commands->firstPossible());
        showNothing(text);
    });
    connect(m_text, &QLineEdit::returnPressed, this, [this] { run(m_list->currentIndex()); });
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    m_text->setFocus();
}

void CommandPalette::showNothing(const QString &text)
{
    const bool isEmpty = m_commands->rowCount() == 0;
    m_nothing->setText(tr("No command, layer or run has \u201c%1\u201d in its name.").arg(text));
    m_nothing->setVisible(isEmpty);
    m_list->setVisible(!isEmpty);
}

void CommandPalette::run(const QModelIndex &command)
{
    if ((m_commands->flags(command) & Qt::ItemIsEnabled) == 0) {
        return;
    }
    hide(); // the command may open a dialog of its own
    m_commands->run(command);
    close();
}

/// A frame: else it would read as a part of the page below.
void CommandPalette::paintEvent(QPaintEvent *event)
{
    QDialog::paintEvent(event);
    QPainter painter(this);
    painter.setPen(Theme::of(palette()).mutedText);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

/// Up and down move through the list while the text keeps the focus.
bool CommandPalette::eventFilter(QObject *object, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp
            || key == Qt::Key_PageDown) {
            QApplication::sendEvent(m_list, event);
            return true;
        }
    }
    return QDialog::eventFilter(object, event);
}

} // namespace bitprism
