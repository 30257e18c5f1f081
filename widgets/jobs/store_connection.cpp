// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/store_connection.h"

#include <sys/stat.h>

namespace bitprism {

const store::ExperimentStore &StoreConnection::open(const std::string &path)
{
    const std::optional<FileId> file = fileAt(path);
    if (!m_store || m_path != path || m_file != file) { // a file that was deleted reads on for ever
        m_store.reset();
        m_store.emplace(path, store::OpenMode::ReadOnly);
        m_path = path;
        m_file = file;
    }
    return *m_store;
}

std::optional<StoreConnection::FileId> StoreConnection::fileAt(const std::string &path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? std::optional(FileId(status.st_dev, status.st_ino))
                                              : std::nullopt;
}

} // namespace bitprism
