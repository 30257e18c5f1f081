// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/help/help_window.h"

#include "widgets/shared/metrics.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QHBoxLayout>
#include <QListWidget>
#include <QLocale>
#include <QRegularExpression>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace bitprism {

namespace {

const QString manualFolder = QStringLiteral(":/help");
constexpr int mostListEms = 36; // the text beside needs more

QString readText(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// The page in the language of the window, where it was translated.
QString pagePath(const QString &name)
{
    const QString translated = QStringLiteral("%1/%2/%3").arg(manualFolder, QLocale().name(), name);
    return QFile::exists(translated) ? translated : manualFolder + '/' + name;
}

/// Rows of the tables of a page, without their headings.
QList<QStringList> tablesOf(const QString &markdown)
{
    QList<QStringList> tables;
    bool isInside = false;
    for (const QString &line : markdown.split('\n')) {
        if (line.startsWith(QLatin1String("|-")) || line.startsWith(QLatin1String("|:-"))) {
            tables.append(QStringList());
            isInside = true;
        } else if (isInside && line.startsWith('|')) {
            tables.last().append(line);
        } else {
            isInside = false;
        }
    }
    return tables;
}

/// A page of the manual. Figures stand once, in the English page: where a translated one says
/// {{table 2}}, the rows of the second table follow.
QString pageText(const QString &path)
{
    QString page = readText(path);
    if (!page.contains(QLatin1String("{{table "))) {
        return page;
    }
    const QList<QStringList> tables
        = tablesOf(readText(manualFolder + '/' + path.section('/', -1)));
    for (qsizetype i = 0; i < tables.size(); ++i) {
        page.replace(QStringLiteral("{{table %1}}").arg(i + 1), tables[i].join('\n'));
    }
    return page;
}

/// What an action is called at all times: the text of Undo names what would be undone. Without the
/// mnemonic, which Chinese puts behind in brackets.
QString nameOf(const QAction &action)
{
    static const QRegularExpression bracketed(QStringLiteral("\\(&?\\w\\)$"));
    return action.iconText().remove(bracketed);
}

/// The heading of a page: its first line.
QString headingOf(const QString &markdown)
{
    return markdown.section('\n', 0, 0).remove('#').trimmed();
}

} // namespace

HelpWindow::HelpWindow(const QList<QAction *> &actions, QWidget *parent)
    : QDialog(parent)
    , m_pages(new QListWidget(this))
    , m_text(new QTextBrowser(this))
    , m_shortcuts(shortcutsPage(actions))
{
    setWindowTitle(tr("Manual"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_pages->setAccessibleName(tr("Pages of the manual"));
    m_pages->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pages->setTextElideMode(Qt::ElideRight);
    m_text->setAccessibleName(tr("Text of the page"));
    m_text->setOpenExternalLinks(true);
    for (const QString &name : QDir(manualFolder).entryList({"*.md"}, QDir::Files, QDir::Name)) {
        const QString path = pagePath(name);
        auto *item = new QListWidgetItem(headingOf(readText(path)), m_pages);
        item->setData(Qt::UserRole, path);
        item->setToolTip(item->text()); // large letters may cut it
    }
    m_pages->addItem(tr("Shortcuts"));
    // Each page has one line.
    const int room = m_pages->sizeHintForColumn(0) + 2 * m_pages->frameWidth() + space(this, 2);
    m_pages->setFixedWidth(qMin(room, em(this, mostListEms)));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *columns = new QHBoxLayout;
    columns->addWidget(m_pages);
    columns->addWidget(m_text, 1);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(columns);
    layout->addWidget(buttons);
    const int textWidth = 50;
    const int lines = 36;
    resize(m_pages->width() + em(this, textWidth), fontMetrics().height() * lines);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    connect(m_pages, &QListWidget::currentRowChanged, this, &HelpWindow::showPage);
    m_pages->setCurrentRow(0);
}

void HelpWindow::showShortcuts() { m_pages->setCurrentRow(m_pages->count() - 1); }

void HelpWindow::showPage(int row)
{
    const QListWidgetItem *item = m_pages->item(row);
    if (item != nullptr) {
        const QString path = item->data(Qt::UserRole).toString();
        m_text->setMarkdown(path.isEmpty() ? m_shortcuts : pageText(path));
    }
}

QString HelpWindow::shortcutsPage(const QList<QAction *> &actions) const
{
    QString page = "# " + tr("Shortcuts") + "\n\n| " + tr("Keys") + " | " + tr("What they do")
        + " |\n|---|---|\n";
    const auto line = [&page](const QString &keys, const QString &what) {
        page += "| " + keys + " | " + what + " |\n";
    };
    for (const QAction *action : actions) {
        if (!action->shortcuts().isEmpty()) {
            line(QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText)
                     .replace("; ", ", "),
                 nameOf(*action));
        }
    }
    const auto keyName
        = [](const char *key) { return QKeySequence(key).toString(QKeySequence::NativeText); };
    line(keyName("Del"), tr("In the list of runs: delete the selected ones"));
    line(keyName("Ctrl+[") + ", " + keyName("Ctrl+]"),
         tr("In Outliers: the same layer of the block before, and of the next"));
    line(tr("Arrow keys, + and -, Home"), tr("In a plot: move the cursor, zoom, show everything"));
    line(keyName("Ctrl+C"), tr("In a table: copy the selected rows; in a plot: copy its data"));
    line(keyName("Ctrl+Alt+C"), tr("In a plot: copy its image"));
    return page;
}

} // namespace bitprism
