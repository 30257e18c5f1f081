// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QThread>

namespace bitprism {

/// Lives on the thread of FileSaver.
class FileWriter : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    void write(const QString &path, const QByteArray &contents);

Q_SIGNALS:
    void written(const QString &path, const QString &problem);
};

/// Writes small files (pictures, tables) on a thread of its own: the window never waits for a disk.
/// A file appears complete or not at all.
class FileSaver : public QObject
{
    Q_OBJECT

public:
    explicit FileSaver(QObject *parent = nullptr);
    /// Finishes what was asked for.
    ~FileSaver() override;

    void save(const QString &path, const QByteArray &contents);

Q_SIGNALS:
    /// `problem` is a sentence in the user's language; empty where the file is written.
    void saved(const QString &path, const QString &problem);

private:
    QThread m_thread;
    FileWriter *m_writer;
};

} // namespace bitprism
