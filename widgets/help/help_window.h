// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QList>

class QAction;
class QListWidget;
class QTextBrowser;

namespace bitprism {

/// The manual, and a page with every shortcut of the window.
class HelpWindow : public QDialog
{
    Q_OBJECT

public:
    /// `actions` are those whose shortcuts are listed.
    explicit HelpWindow(const QList<QAction *> &actions, QWidget *parent = nullptr);

    void showShortcuts();

private:
    void showPage(int row);
    QString shortcutsPage(const QList<QAction *> &actions) const;

    QListWidget *m_pages;
    QTextBrowser *m_text;
    QString m_shortcuts; ///< as Markdown
};

} // namespace bitprism
