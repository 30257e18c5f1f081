// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/store_connection.h"

namespace bitprism {

const store::ExperimentStore &StoreConnection::open(const std::string &path)
{
    if (!m_store || m_path != path) {
        m_store.reset();
        m_store.emplace(path, store::OpenMode::ReadOnly);
        m_path = path;
    }
    return *m_store;
}

} // namespace bitprism
