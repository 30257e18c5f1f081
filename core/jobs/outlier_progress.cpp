// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/outlier_progress.h"

#include "core/analysis/outlier_what_if.h"
#include "core/base/cancellation.h"
#include "core/io/folder.h"
#include "core/jobs/run_files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace bitprism {

namespace fs = std::filesystem;

OutlierProgress::OutlierProgress(RunSession &session, const Model &model, OutlierTable &table)
    : m_session(session)
    , m_model(model)
    , m_table(table)
    , m_blocks(static_cast<int>(model.allBlocks().size()))
{
}

fs::path OutlierProgress::folder() const
{
    return m_session.isPersistent() ? m_session.folder() : fs::path();
}

bool OutlierProgress::take(const store::JournalEntry &entry)
{
    const Json json = Json::parse(entry.entry, nullptr, false);
    if (!json.is_object() || !json.contains("layers") || !json.contains("block")) {
        return false;
    }
    std::vector<LayerOutliers> rows;
    for (const Json &row : json["layers"]) {
        rows.push_back(layerOutliersFromJson(row));
    }
    const bool isWhole = std::all_of(rows.begin(), rows.end(), [this](const LayerOutliers &row) {
        return row.atlasFile.empty() || io::exists(folder() / row.atlasFile);
    });
    if (isWhole) {
        std::move(rows.begin(), rows.end(), std::back_inserter(m_table.layers));
        m_table.blocks.push_back(blockOutliersFromJson(json["block"]));
    }
    return isWhole;
}

int OutlierProgress::takeUp()
{
    int done = 0;
    for (const store::JournalEntry &entry : m_session.earlier().journal) {
        if (entry.block != done || !take(entry)) {
            break;
        }
        ++done;
    }
    if (done > 0 && done < m_blocks && !io::exists(folder() / stateFileName(done - 1))) {
        done = 0;
        m_table.layers.clear();
        m_table.blocks.clear();
    }
    if (m_session.isPersistent()) {
        sweepRunFolder(folder(), done - 1);
    }
    m_session.goOnFrom(done);
    m_layersKept = m_table.layers.size();
    m_table.complete = done == m_blocks;
    return done;
}

std::vector<StreamState> OutlierProgress::statesBehind(int done) const
{
    return done == 0 ? std::vector<StreamState>()
                     : readStateFile(folder() / stateFileName(done - 1), m_model.device());
}

StreamOptions OutlierProgress::optionsBehind(int done) const
{
    StreamOptions options;
    if (done > 0) {
        const BlockId last = m_model.allBlocks()[static_cast<std::size_t>(done) - 1];
        options.stack = last.stack;
        options.firstBlock = last.index + 1;
        options.progressFrom = static_cast<double>(done) / m_blocks;
    }
    return options;
}

void OutlierProgress::putTable()
{
    constexpr double rest = 20; // times what it took: a twentieth of the job at most
    const auto before = std::chrono::steady_clock::now();
    m_session.putResult(m_table);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    m_nextPut = m_table.seconds + rest * took.count();
}

void OutlierProgress::keep(int unit, const std::vector<StreamState> &states)
{
    m_table.complete = unit + 1 == m_blocks;
    if (!m_session.isPersistent()) {
        return;
    }
    Json layers = Json::array();
    for (; m_layersKept < m_table.layers.size(); ++m_layersKept) {
        layers.push_back(toJson(m_table.layers[m_layersKept]));
    }
    if (!m_table.complete) {
        writeStateFile(folder() / stateFileName(unit), states);
    }
    m_session.commit(unit, {}, {{"layers", layers}, {"block", toJson(m_table.blocks.back())}});
    sweepRunFolder(folder(), unit);
    if (!m_table.complete && m_table.seconds >= m_nextPut) {
        putTable(); // what a stopped run shows
    }
}

void OutlierProgress::finish()
{
    if (m_session.isPersistent()) {
        KeptWhatIf kept;
        kept.layers = whatIfAll(folder(), m_table, kept.question, CancellationScope::current());
        m_session.putBlob(whatIfBlob, keptText(kept));
    }
    m_session.putResult(m_table);
    for (int unit = 0; unit < m_blocks; ++unit) { // the table has the rows now
        m_session.commit(unit, {}, Json::object());
    }
}

} // namespace bitprism
