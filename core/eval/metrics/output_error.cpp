// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "core/eval/embeddings.h"
#include "core/eval/item_files.h"
#include "core/eval/metric.h"

#include <cmath>

namespace bitprism {

namespace {

/// Relative error of the output, ||Y - Y_reference|| / ||Y_reference||, averaged over recordings,
/// images or texts: what can be measured where a model scores nothing (an encoder, a tower).
class OutputError final : public Metric
{
public:
    using Params = NoParams;
    explicit OutputError(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "output-error";
        info.title = BITPRISM_TR("Component", "Relative output error");
        info.source = "relative Frobenius norm of the change of the output";
        return info;
    }

    MetricNeeds needs() const override { return {.reference = true}; }
    bool runsModel() const override { return true; }
    std::int64_t memoryNeed(const Model &model, const Model *reference) const override
    {
        return StackRunner::memoryNeed(model)
            + (reference == nullptr ? 0 : StackRunner::memoryNeed(*reference));
    }

    ItemSet items(const TaskInput &input) const override
    {
        input.options.check();
        ItemSet set;
        if (!input.model.info().featureKind.empty() && input.data.hasRecords()
            && !input.data.records().front().file.empty()) {
            addFeatures(input, set);
        } else {
            addTexts(input, set);
        }
        return set;
    }

    void begin(std::int64_t units) override { m_errors.assign(static_cast<std::size_t>(units), 0); }

    void measure(const Model &model, const Model *reference, const ItemSet &items,
                 const tokenize::Tokenizer *, std::vector<ScoredItem> &scored,
                 JobContext &context) override
    {
        BITPRISM_ASSERT(reference != nullptr, "the evaluation asked for a reference");
        const StackRunner runner(model);
        const StackRunner plain(*reference);
        double done = 0;
        for (const EvaluationItem &item : items.items) {
            const at::Tensor expected = outputOf(plain, item, context).to(at::kDouble);
            const at::Tensor found = outputOf(runner, item, context).to(at::kDouble);
            const double error = (found - expected).norm().item<double>()
                / std::max(expected.norm().item<double>(), 1e-30);
            m_errors[static_cast<std::size_t>(item.unit)] = error;
            ScoredItem shown;
            shown.unit = item.unit;
            shown.source = item.source;
            shown.reference = item.reference;
            shown.pieces = {item.reference};
            shown.losses = {static_cast<float>(error)};
            scored.push_back(std::move(shown));
            context.progress(++done, static_cast<double>(items.items.size()));
        }
    }

    void add(const MetricBatch &) override { }

    void merge(const Metric &other) override
    {
        const auto &shard = dynamic_cast<const OutputError &>(other);
        BITPRISM_ASSERT(shard.m_errors.size() == m_errors.size(), "shards count the same units");
        for (std::size_t i = 0; i < m_errors.size(); ++i) {
            m_errors[i] += shard.m_errors[i];
        }
    }

    void report(Evaluation &evaluation, bool isTask) const override
    {
        if (!isTask) {
            return;
        }
        const std::vector<std::int64_t> ones(m_errors.size(), 1);
        const MeanWithError mean = meanOverWindows(m_errors, ones);
        evaluation.value = mean.mean;
        evaluation.standardError = mean.standardError;
        evaluation.unit = "of the output's norm";
        evaluation.windowNll = m_errors;
        evaluation.windowTokens = ones;
    }

private:
    static void addFeatures(const TaskInput &input, ItemSet &set)
    {
        ItemFiles files(input);
        for (const DataRecord &record : files.records()) {
            if (input.options.samples > 0 && set.units == input.options.samples) {
                break;
            }
            EvaluationItem item;
            item.features = files.read(record).values;
            item.source = record.file.string();
            item.reference = record.label.empty() ? record.text : record.label;
            item.unit = set.units++;
            set.items.push_back(std::move(item));
        }
    }

    static void addTexts(const TaskInput &input, ItemSet &set)
    {
        if (input.model.info().vocabularySize == 0) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1 reads no text; give data that list recordings or images."),
                input.model.info().path);
        }
        for (const std::string_view line : input.data.lines()) {
            if (input.options.samples > 0 && set.units == input.options.samples) {
                break;
            }
            throwIfWorkCancelled();
            EvaluationItem item;
            item.tokens = textTokens(input.model, input.requireTokenizer(), line);
            item.reference = std::string(line);
            item.unit = set.units++;
            set.items.push_back(std::move(item));
        }
    }

    static at::Tensor outputOf(const StackRunner &runner, const EvaluationItem &item,
                               JobContext &context)
    {
        return item.features.defined()
            ? featureOutput(runner, 0, item.features.unsqueeze(0), context)
            : textOutput(runner, runner.model().lastStack(), item.tokens, context);
    }

    std::vector<double> m_errors; ///< by recording, image or text
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, output_error, OutputError);

} // namespace bitprism
