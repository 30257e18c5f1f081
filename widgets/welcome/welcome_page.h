// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include <vector>

class QGridLayout;
class QLayout;
class QVBoxLayout;

namespace bitprism {

/// What the window shows while nothing is open: open a model, a sample, or what was open before.
class WelcomePage : public QWidget
{
    Q_OBJECT

public:
    struct Sample
    {
        QString title;
        QString note;
        QString target; ///< a sample's name, or a store
    };

    explicit WelcomePage(QWidget *parent = nullptr);

    void setSamples(const std::vector<Sample> &samples);
    /// Models and stores that were open before, the newest first.
    void setRecent(const QStringList &targets);

Q_SIGNALS:
    void openModelRequested();
    void openModelFileRequested();
    void openStoreRequested();
    /// A sample's name, a folder or a store.
    void openRequested(const QString &target);

private:
    void addPart(const QString &title, QLayout *list, QVBoxLayout *column);
    void empty(QLayout &list);
    /// A button that opens it.
    QWidget *target(const Sample &what, const QLayout &list);
    QWidget *nothing(const QString &sentence, const QLayout &list);

    QGridLayout *m_samples;
    QVBoxLayout *m_recent;
};

/// The sample project, where it is there, and the sample models that were trained; all of them,
/// those with added outliers too, with `withDerived`.
std::vector<WelcomePage::Sample> installedSamples(bool withDerived);

/// What was opened lately, kept in the settings.
QStringList recentTargets();
void rememberTarget(const QString &target);

} // namespace bitprism
