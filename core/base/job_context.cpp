// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/job_context.h"

#include "core/base/error.h"

namespace bitprism {

void JobContext::throwIfCancelled() const
{
    if (m_stopToken.stop_requested()) {
        throw Error(ErrorCode::Cancelled,
                    BITPRISM_TR("Error", "Cancelled; what is finished is kept."));
    }
}

} // namespace bitprism
