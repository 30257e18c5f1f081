// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/job_context.h"

#include "core/base/cancellation.h"

namespace bitprism {

void JobContext::throwIfCancelled() const { throwIfStopped(m_stopToken); }

} // namespace bitprism
