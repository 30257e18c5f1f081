// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QHBoxLayout;
class QVBoxLayout;

namespace bitprism {

/// What the window shows while nothing is open: open a model, a sample, or what was open before.
class WelcomePage : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(QWidget *parent = nullptr);

    /// Names of the sample models.
    void setSamples(const QStringList &names);
    /// Models and stores that were open before, the newest first.
    void setRecent(const QStringList &targets);

Q_SIGNALS:
    void openModelRequested();
    void openModelFileRequested();
    void openStoreRequested();
    /// A sample's name, a folder or a store.
    void openRequested(const QString &target);

private:
    QVBoxLayout *addColumn(const QString &title, QHBoxLayout *columns);
    void fill(QVBoxLayout *column, const QStringList &targets, const QString &nothing);

    QVBoxLayout *m_samples;
    QVBoxLayout *m_recent;
};

/// What was opened lately, kept in the settings.
QStringList recentTargets();
void rememberTarget(const QString &target);

} // namespace bitprism
