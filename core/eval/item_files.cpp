// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/item_files.h"

#include "core/base/cancellation.h"

#include <algorithm>

namespace bitprism {

ItemFiles::ItemFiles(const TaskInput &input)
    : m_input(input)
    , m_reader(input.model)
    , m_records(m_reader.filesOf(input.data))
    , m_wanted(m_records.size())
{
    if (input.options.samples > 0) {
        m_wanted = std::min(m_wanted, static_cast<std::size_t>(input.options.samples));
    }
}

FeatureReader::Features ItemFiles::read(const DataRecord &record)
{
    throwIfWorkCancelled();
    FeatureReader::Features features = m_reader.read(record.file);
    ++m_read;
    if (m_input.requireMemory) {
        // All are alike but recordings as they are: of these, that the next will fit.
        const bool isAlike = m_input.model.info().featureKind != featureKinds::waveform;
        const std::size_t left = m_wanted - std::min(m_wanted, m_read);
        const auto count = isAlike ? left : std::min<std::size_t>(left, 1);
        if (m_read == 1 || !isAlike) {
            m_input.requireMemory(4 * features.values.numel() * static_cast<std::int64_t>(count));
        }
    }
    return features;
}

} // namespace bitprism
