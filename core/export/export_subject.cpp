// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/export_subject.h"

#include "core/families/describe.h"
#include "core/io/checkpoint_format.h"

namespace bitprism {

CheckpointSubject::CheckpointSubject(const std::filesystem::path &path, bool keepsCodes)
    : m_checkpoint(path)
    , m_info(describeModel(m_checkpoint))
    , m_keepsCodes(keepsCodes)
{
}

QuantizedWeightPtr CheckpointSubject::codes(const std::string &tensor) const
{
    const io::CodedTensor *coded = m_keepsCodes ? m_checkpoint.coded(tensor) : nullptr;
    return coded == nullptr ? nullptr : coded->weight();
}

} // namespace bitprism
