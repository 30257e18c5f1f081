// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/run_session.h"
#include "core/models/stream.h"
#include "core/results/outlier_table.h"

#include <filesystem>
#include <vector>

namespace bitprism {

/// What an outlier run keeps so that it can go on after it was killed: the rows of each block in
/// the journal, the states behind the last one in the folder. Without a store, nothing.
class OutlierProgress
{
public:
    OutlierProgress(RunSession &session, const Model &model, OutlierTable &table);

    int blocks() const { return m_blocks; }
    /// The run's folder; empty without a store.
    std::filesystem::path folder() const;

    /// Puts the rows of committed blocks into the table: as many as lie behind one another with all
    /// their files, and none where the work cannot go on behind the last. The rest is forgotten.
    int takeUp();
    /// States behind the first `done` blocks; empty for none.
    std::vector<StreamState> statesBehind(int done) const;
    StreamOptions optionsBehind(int done) const;

    /// Block `unit`, whose rows are the last of the table.
    void keep(int unit, const std::vector<StreamState> &states);
    /// The table is complete: keeps it with what transforms would change, and forgets what was for
    /// going on.
    void finish();

private:
    bool take(const store::JournalEntry &entry);
    void putTable();

    RunSession &m_session;
    const Model &m_model;
    OutlierTable &m_table;
    int m_blocks = 0;
    std::size_t m_layersKept = 0; ///< rows of the table that the journal has
    double m_nextPut = 0; ///< seconds; the table of a 7B model takes tens of MB
};

} // namespace bitprism
