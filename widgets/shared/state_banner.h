// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;

namespace bitprism {

/// One line above what a view shows, where that is not all there is: at work, partial, failed (with
/// a button that copies the error) or cancelled. Hidden until it has something to say.
class StateBanner : public QFrame
{
    Q_OBJECT

public:
    explicit StateBanner(QWidget *parent = nullptr);

    /// Work goes on; `share` of it is done, 0 to 1; below 0: nobody knows.
    void showWork(const QString &sentence, double share, const QString &action = {});
    /// An empty `action` shows no button.
    void showNote(const QString &sentence, const QString &action = {});
    void showFailure(const QString &sentence, const QString &action = {});
    /// With a button that takes it away, beside the action.
    void showFailureToDismiss(const QString &sentence, const QString &action);
    /// What was told of came to its end: what stands below does not jump up.
    void showDone(const QString &sentence);
    void clear();

    QString sentence() const;

Q_SIGNALS:
    void actionTriggered();

protected:
    void changeEvent(QEvent *event) override;

private:
    enum class Tone
    {
        Work,
        Note,
        Failure,
        Done
    };

    void show(const QString &sentence, const QString &action, Tone tone);
    void applyTheme();

    QProgressBar *m_progress;
    QLabel *m_sign;
    QLabel *m_sentence;
    QPushButton *m_copy;
    QPushButton *m_action;
    QPushButton *m_dismiss;
    Tone m_tone = Tone::Note;
};

} // namespace bitprism
