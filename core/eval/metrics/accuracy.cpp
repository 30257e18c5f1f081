// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "core/eval/target_metric.h"

#include <algorithm>
#include <charconv>

namespace bitprism {

namespace {

/// A label as the model's config.json names it, or its number.
std::int64_t classOf(const std::string &label, const ModelInfo &model, const Dataset &data)
{
    const auto found = std::find(model.labels.begin(), model.labels.end(), label);
    if (found != model.labels.end()) {
        return found - model.labels.begin();
    }
    std::int64_t number = -1;
    const char *last = label.data() + label.size();
    const auto [end, problem] = std::from_chars(label.data(), last, number);
    const bool isNumber = problem == std::errc() && end == last;
    if (!isNumber || number < 0 || number >= static_cast<std::int64_t>(model.labels.size())) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the label \"%2\" is none of the model's %3 classes; use their "
                                "names in config.json (\"id2label\") or numbers from 0."),
                    data.path(), label, model.labels.size());
    }
    return number;
}

/// Share of texts whose most likely class is theirs.
class Accuracy final : public TargetMetric
{
public:
    using Params = NoParams;
    explicit Accuracy(const Params &)
        : TargetMetric(Value::Accuracy)
    {
    }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "accuracy";
        info.title = BITPRISM_TR("Component", "Classification accuracy");
        info.source = "share of texts put into their class";
        return info;
    }

    ItemSet items(const TaskInput &input) const override
    {
        input.options.check();
        const ModelInfo &model = input.model.info();
        if (model.objective != objectives::classification) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 has no classification head (its output is of the kind "
                                    "\"%2\"); choose another task."),
                        model.path, model.objective);
        }
        const tokenize::Tokenizer &tokenizer = input.requireTokenizer();
        ItemSet set;
        set.length = lengthInForce(input.options, model, set.notes);
        for (const DataRecord &record : input.data.records()) {
            if (input.options.samples > 0 && set.units == input.options.samples) {
                break;
            }
            if (record.label.empty()) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "%1: record %2 has no label to compare with."),
                            input.data.path(), set.units + 1);
            }
            throwIfWorkCancelled();
            const std::vector<tokenize::TokenId> ids = tokenizer.encodeIds(record.text);
            EvaluationItem item;
            item.tokens.assign(ids.begin(), ids.end());
            item.tokens.resize(std::min(item.tokens.size(), static_cast<std::size_t>(set.length)));
            item.positions = {0};
            item.targets = {classOf(record.label, model, input.data)};
            item.targetKind = TargetKind::Label;
            item.reference = model.labels[static_cast<std::size_t>(item.targets.front())];
            item.unit = set.units++;
            set.items.push_back(std::move(item));
        }
        if (set.items.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 lists no texts with labels; give JSON lines or a CSV table "
                                    "with \"text\" and \"label\"."),
                        input.data.path());
        }
        return set;
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, accuracy, Accuracy);

} // namespace bitprism
