// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <memory>

namespace bitprism::test {

/// Two blocks of two layers between an embedding and a head, in BF16: 1,200 weights in layers, 40
/// elsewhere.
std::shared_ptr<ModelInfo> exampleModel();

} // namespace bitprism::test
