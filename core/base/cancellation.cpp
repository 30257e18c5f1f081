// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"

#include "core/base/error.h"

#include <utility>

namespace bitprism {

namespace {

thread_local std::stop_token workToken;

} // namespace

CancellationScope::CancellationScope(std::stop_token token)
    : m_outer(std::exchange(workToken, std::move(token)))
{
}

CancellationScope::~CancellationScope() { workToken = std::move(m_outer); }

std::stop_token CancellationScope::current() { return workToken; }

void throwIfStopped(const std::stop_token &token)
{
    if (token.stop_requested()) {
        throw Error(ErrorCode::Cancelled,
                    BITPRISM_TR("Error", "Cancelled; what is finished is kept."));
    }
}

void throwIfWorkCancelled() { throwIfStopped(workToken); }

} // namespace bitprism
