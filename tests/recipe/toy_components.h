// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bitprism::test {

/// Adds stand-ins for engine components to the registry, once: weights `rtn` (bits, group_size),
/// `gptq` (the same and act_order) and `ggml-q4-0` (no parameters), sampler `random-windows`
/// (samples, length, spread), activations `none`.
void registerToyComponents();

} // namespace bitprism::test
