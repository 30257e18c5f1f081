// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>

namespace bitprism::train {

/// Wrong input: one sentence for the user, exit status 3.
struct BadInput : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/// Wrong options: one sentence for the user, exit status 2.
struct BadUsage : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

} // namespace bitprism::train
