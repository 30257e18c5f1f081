// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/checkpoint_format.h"

#include <nlohmann/json.hpp>

namespace bitprism::io {

double CodedTensor::bitsPerWeight() const
{
    return 8.0 * static_cast<double>(m_info.bytes) / static_cast<double>(m_info.elements());
}

std::optional<FileCheckpoint> CheckpointFormat::openFile(const std::filesystem::path &) const
{
    return std::nullopt;
}

CodedTensors CheckpointFormat::decode(const Checkpoint &) const { return {}; }

std::vector<std::unique_ptr<CheckpointFormat>> checkpointFormats()
{
    std::vector<std::unique_ptr<CheckpointFormat>> formats;
    for (const std::string &id : Registry::instance().ids(Kind::exporter)) {
        formats.push_back(create<CheckpointFormat>(id, Json::object(), id));
    }
    return formats;
}

} // namespace bitprism::io
