// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace bitprism {

/// A part of a form that opens and closes under its heading. Closed, it says its content in a few
/// words beside the heading.
class Section : public QWidget
{
    Q_OBJECT

public:
    explicit Section(const QString &title, QWidget *parent = nullptr);

    /// Adds below what is there; the section owns it.
    void addContent(QWidget *content);
    void setSummary(const QString &summary);
    void setOpen(bool isOpen);
    bool isOpen() const;

private:
    QToolButton *m_heading;
    QLabel *m_summary;
    QWidget *m_content;
    QVBoxLayout *m_contentLayout;
};

} // namespace bitprism
