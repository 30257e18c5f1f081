// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/feature_reader.h"
#include "core/eval/items.h"

#include <vector>

namespace bitprism {

/// The recordings or images that a task's items are made of, read one after another: cancellable
/// between them, and refused as soon as it is clear that they do not fit into memory together.
class ItemFiles
{
public:
    /// Throws BadInput for a model that reads tokens only, and where the data list no files.
    explicit ItemFiles(const TaskInput &input);

    /// As the data list them.
    const std::vector<DataRecord> &records() const { return m_records; }
    /// How many are read at most.
    std::size_t wanted() const { return m_wanted; }
    /// Throws BadInput for what cannot be decoded, Error (Io) where there is too little memory and
    /// Error (Cancelled).
    FeatureReader::Features read(const DataRecord &record);

private:
    const TaskInput &m_input;
    FeatureReader m_reader;
    std::vector<DataRecord> m_records;
    std::size_t m_wanted;
    std::size_t m_read = 0;
};

} // namespace bitprism
