// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/export_subject.h"

#include "core/export/coded_matrix.h"
#include "core/families/describe.h"

namespace bitprism {

CheckpointSubject::CheckpointSubject(const std::filesystem::path &path, bool keepsCodes)
    : m_checkpoint(path)
    , m_info(describeModel(m_checkpoint))
    , m_keepsCodes(keepsCodes)
{
}

QuantizedWeightPtr CheckpointSubject::codes(const std::string &tensor) const
{
    return m_keepsCodes ? codesOf(m_checkpoint.coded(tensor)) : nullptr;
}

} // namespace bitprism
