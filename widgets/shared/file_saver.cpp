// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/file_saver.h"

#include "core/io/atomic_file.h"
#include "widgets/shared/text.h"

#include <exception>

namespace bitprism {

namespace {

/// What is caught becomes a value here: nothing stands behind a worker's event loop.
QString writeFile(const QString &path, const QByteArray &contents)
{
    try {
        io::writeFileAtomically(path.toStdString(),
                                {contents.constData(), static_cast<std::size_t>(contents.size())});
        return {};
    } catch (const Error &error) {
        return errorText(error);
    } catch (const std::exception &error) {
        return QString::fromUtf8(error.what());
    }
}

} // namespace

void FileWriter::write(const QString &path, const QByteArray &contents)
{
    Q_EMIT written(path, writeFile(path, contents));
}

FileSaver::FileSaver(QObject *parent)
    : QObject(parent)
    , m_writer(new FileWriter)
{
    m_writer->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_writer, &QObject::deleteLater);
    connect(m_writer, &FileWriter::written, this, &FileSaver::saved);
}

FileSaver::~FileSaver()
{
    if (!m_thread.isRunning()) {
        delete m_writer;
        return;
    }
    // Behind the writes that wait in the thread's queue.
    QMetaObject::invokeMethod(m_writer, [thread = &m_thread] { thread->quit(); });
    m_thread.wait();
}

void FileSaver::save(const QString &path, const QByteArray &contents)
{
    if (!m_thread.isRunning()) {
        m_thread.start(); // not before it is needed: most plots are never saved
    }
    QMetaObject::invokeMethod(
        m_writer, [writer = m_writer, path, contents] { writer->write(path, contents); });
}

} // namespace bitprism
