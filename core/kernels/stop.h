// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <stop_token>

namespace bitprism {

/// Throws Error (Cancelled) once a stop was requested: what a kernel calls at least every 100 ms.
inline void throwIfStopped(const std::stop_token &stop)
{
    if (stop.stop_requested()) {
        throw Error(ErrorCode::Cancelled, BITPRISM_TR("Error", "Cancelled."));
    }
}

} // namespace bitprism
