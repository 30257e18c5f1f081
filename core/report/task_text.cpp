// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/task_text.h"

#include "core/base/component.h"

#include <map>
#include <string_view>

namespace bitprism {

std::optional<TaskText> findTaskText(const std::string &task)
{
    static const std::map<std::string_view, TaskText> texts{
        {"perplexity", {BITPRISM_TR("Component", "Perplexity"), {}}},
        {"kl-divergence",
         {BITPRISM_TR("Component", "KL divergence from the reference"),
          BITPRISM_TR("Unit", "nats per token")}},
        {"masked-nll",
         {BITPRISM_TR("Component", "Masked negative log-likelihood"),
          BITPRISM_TR("Unit", "nats per masked token")}},
        {"accuracy",
         {BITPRISM_TR("Component", "Classification accuracy"), BITPRISM_TR("Unit", "share right")}},
        {"zero-shot-images",
         {BITPRISM_TR("Component", "Zero-shot image classification"),
          BITPRISM_TR("Unit", "share right")}},
        {"wer", {BITPRISM_TR("Component", "Word error rate"), BITPRISM_TR("Unit", "% of words")}},
        {"output-error",
         {BITPRISM_TR("Component", "Relative output error"),
          BITPRISM_TR("Unit", "of the output's norm")}},
    };
    if (const auto found = texts.find(task); found != texts.end()) {
        return found->second;
    }
    const ComponentEntry *entry = Registry::instance().find(Kind::metric, task);
    return entry == nullptr ? std::nullopt : std::optional(TaskText{entry->info().title, {}});
}

} // namespace bitprism
