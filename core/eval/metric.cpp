// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/metric.h"

namespace bitprism {

ItemSet Metric::items(const Dataset &data, const tokenize::Tokenizer &tokenizer,
                      const ModelInfo &model, const TaskOptions &options) const
{
    return nextTokenItems(data, tokenizer, model, options);
}

} // namespace bitprism
