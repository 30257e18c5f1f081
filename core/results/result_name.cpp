// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/result_name.h"

#include "core/results/token_losses.h"

namespace bitprism {

std::string resultName(const Result &result)
{
    const auto *losses = dynamic_cast<const TokenLosses *>(&result);
    return losses == nullptr || losses->key.empty() ? std::string() : "losses:" + losses->key;
}

} // namespace bitprism
