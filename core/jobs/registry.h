// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bitprism {

/// Adds the engine's components of core/components.def to the process's registry; once is enough,
/// more does no harm.
void registerEngineComponents();

} // namespace bitprism
