// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace bitprism {

/// One line above what a view shows, where that is not all there is: partial, failed or cancelled.
/// Hidden until it has something to say.
class StateBanner : public QFrame
{
    Q_OBJECT

public:
    explicit StateBanner(QWidget *parent = nullptr);

    /// An empty `action` shows no button.
    void showNote(const QString &sentence, const QString &action = {});
    void showFailure(const QString &sentence, const QString &action = {});
    void clear();

    QString sentence() const;

Q_SIGNALS:
    void actionTriggered();

protected:
    void changeEvent(QEvent *event) override;

private:
    void show(const QString &sentence, const QString &action, bool isFailure);
    void applyTheme();

    QLabel *m_sign;
    QLabel *m_sentence;
    QPushButton *m_action;
    bool m_isFailure = false;
};

} // namespace bitprism
