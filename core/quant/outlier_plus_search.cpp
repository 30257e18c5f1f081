// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/outlier_plus_search.h"

#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/channel_migration.h"
#include "core/models/run_states.h"
#include "core/models/tensor_math.h"
#include "core/quant/layer_input.h"
#include "core/quant/signed_grid.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <utility>

namespace bitprism {

using InputRounding = std::function<at::Tensor(const at::Tensor &)>;

/// Rounds the inputs of layers, each in its way.
class OutlierPlusSearch::Rounding final : public BlockHooks
{
public:
    void set(const LayerInfo &layer, InputRounding rounding)
    {
        m_byLayer[layer.name] = std::move(rounding);
    }
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        throwIfWorkCancelled();
        const auto found = m_byLayer.find(layer.name);
        return found == m_byLayer.end() ? input : found->second(input);
    }

private:
    std::map<std::string, InputRounding> m_byLayer;
};

/// A norm and what it feeds in this block.
struct OutlierPlusSearch::Site
{
    const NormInfo *norm = nullptr;
    std::vector<const LayerInfo *> readers;
    /// Whose input shows what the readers do together in attention; null: their outputs do.
    const LayerInfo *judge = nullptr;
    /// The readers are the halves of a gated MLP, whose product counts.
    bool isGated = false;
    std::vector<at::Tensor> inputs; ///< by state, [samples, length, channels]
    at::Tensor low; ///< [channels], of the shifted inputs
    at::Tensor high;
};

OutlierPlusSearch::OutlierPlusSearch(const ModelGraph &graph, const Model &model,
                                     const Block &block, const std::vector<StreamState> &states,
                                     const OutlierPlusOptions &options)
    : m_graph(graph)
    , m_model(model)
    , m_states(states)
    , m_options(options)
    , m_current(block)
    , m_rounding(std::make_unique<Rounding>())
{
}

OutlierPlusSearch::~OutlierPlusSearch() = default;

std::vector<OutlierPlusSearch::Site> OutlierPlusSearch::sitesOf(const ModelGraph &graph, BlockId id)
{
    const std::vector<const LayerInfo *> layers = graph.layersOf(id);
    const auto place
        = [&](const LayerInfo *layer) { return std::find(layers.begin(), layers.end(), layer); };
    const auto ofKind = [&](const char *kind) -> const LayerInfo * {
        const auto found = std::find_if(layers.begin(), layers.end(),
                                        [kind](const LayerInfo *one) { return one->kind == kind; });
        return found == layers.end() ? nullptr : *found;
    };
    std::vector<Site> all;
    for (const NormInfo *norm : graph.normsReadBy(id)) {
        Site site;
        site.norm = norm;
        site.readers = graph.readersOf(*norm);
        for (const LayerInfo *reader : site.readers) {
            const bool isFused = reader->kind == "attention_qkv";
            if (isFused || (reader->kind == "attention_query" && site.readers.size() > 1)) {
                site.judge = ofKind("attention_out");
            }
            site.isGated = site.isGated || reader->kind == "mlp_gate";
        }
        all.push_back(std::move(site));
    }
    std::sort(all.begin(), all.end(), [&](const Site &a, const Site &b) {
        return place(a.readers.front()) < place(b.readers.front());
    });
    return all;
}

at::Tensor OutlierPlusSearch::roundedWeight(const at::Tensor &weight) const
{
    const auto over = [&](const at::Tensor &values, bool isMax) {
        if (m_options.weightsPerChannel) {
            return isMax ? values.amax(1, /*keepdim=*/true) : values.amin(1, /*keepdim=*/true);
        }
        return isMax ? values.max() : values.min();
    };
    return m_options.weightsSymmetric
        ? fakeQuantizeSigned(weight, over(weight.abs(), true), m_options.weightBits)
        : fakeQuantizeRange(weight, over(weight, false).clamp_max(0),
                            over(weight, true).clamp_min(0), m_options.weightBits);
}

at::Tensor OutlierPlusSearch::roundedInput(const at::Tensor &input, const at::Tensor &low,
                                           const at::Tensor &high) const
{
    return m_options.activationsSymmetric
        ? fakeQuantizeSigned(input, at::maximum(-low, high), m_options.activationBits)
        : fakeQuantizeRange(input, low.clamp_max(0), high.clamp_min(0), m_options.activationBits);
}

at::Tensor OutlierPlusSearch::maskedRows(const at::Tensor &values, std::size_t state) const
{
    const at::Tensor rows = values.reshape({-1, values.size(-1)});
    const at::Tensor &mask = m_states[state].mask;
    return mask.defined() && mask.numel() == rows.size(0)
        ? rows.index_select(0, mask.reshape({-1}).nonzero().view({-1}).to(rows.device()))
        : rows;
}

std::size_t OutlierPlusSearch::candidatesAtOnce() const
{
    // One candidate runs one state at a time.
    const auto largest = std::max_element(m_states.begin(), m_states.end(),
                                          [](const StreamState &a, const StreamState &b) {
                                              return a.hidden.numel() < b.hidden.numel();
                                          });
    const auto threads = static_cast<std::size_t>(threadCount());
    return m_states.empty() ? 1 : sideBySide(m_model, std::vector(threads, *largest));
}

double OutlierPlusSearch::blockRuns(const ModelGraph &graph, const Model &model, BlockId id)
{
    // How far a channel reaches over its norm's gain: 4 on tiny-llama-outliers and makemore-gpt, 4
    // to 8 on rxnmapper-albert.
    constexpr double reachOverGain = 4;
    double weights = 0;
    for (const LayerInfo *layer : graph.layersOf(id)) {
        weights += static_cast<double>(layer->rows) * static_cast<double>(layer->cols);
    }
    double runs = 0;
    for (const Site &site : sitesOf(graph, id)) {
        double reach = reachOverGain * model.loadTensor(site.norm->gain).abs().max().item<double>();
        if (!site.norm->bias.empty()) {
            reach += model.loadTensor(site.norm->bias).abs().max().item<double>();
        }
        // A candidate runs the block up to the judging layer, or the readers alone; and rounds the
        // readers' weights, which costs as much as running them again on some hundred tokens.
        double run = 0;
        bool isReached = site.judge != nullptr;
        for (const LayerInfo *layer : graph.layersOf(id)) {
            isReached = isReached && layer != site.judge;
            const bool isReader
                = std::find(site.readers.begin(), site.readers.end(), layer) != site.readers.end();
            const int times = (isReached || isReader ? 1 : 0) + (isReader ? 1 : 0);
            run += times * static_cast<double>(layer->rows) * static_cast<double>(layer->cols);
        }
        runs += (thresholdSteps(reach) + 1) * run / std::max(1.0, weights);
    }
    return runs;
}

std::vector<FoundChange> OutlierPlusSearch::run(JobContext &context)
{
    const c10::NoGradGuard noGradients;
    std::vector<Site> all = sitesOf(m_graph, m_current.id());
    if (m_options.hasRoundedPrefix) {
        roundOthers(all);
    }
    std::vector<FoundChange> found;
    for (Site &site : all) {
        found.push_back(searchSite(site, context));
    }
    return found;
}

void OutlierPlusSearch::roundOthers(const std::vector<Site> &sites)
{
    for (const LayerInfo *layer : m_graph.layersOf(m_current.id())) {
        const bool isReader = std::any_of(sites.begin(), sites.end(), [layer](const Site &site) {
            return std::find(site.readers.begin(), site.readers.end(), layer) != site.readers.end();
        });
        if (isReader || !layer->quantizable) {
            continue;
        }
        m_current.setTensor(layer->tensor, roundedWeight(m_current.tensor(layer->tensor)));
        m_rounding->set(*layer, [this](const at::Tensor &input) {
            return m_options.activationsPerToken
                ? roundedInput(input, input.amin(-1, true), input.amax(-1, true))
                : roundedInput(input, input.min(), input.max());
        });
    }
}

void OutlierPlusSearch::readInputs(Site &site) const
{
    at::Tensor low;
    at::Tensor high;
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        site.inputs.push_back(
            inputOf(m_model, m_current, *site.readers.front(), m_states[i], m_rounding.get()));
        const at::Tensor rows = maskedRows(site.inputs.back(), i);
        if (rows.size(0) > 0) {
            low = low.defined() ? at::minimum(low, rows.amin(0)) : rows.amin(0);
            high = high.defined() ? at::maximum(high, rows.amax(0)) : rows.amax(0);
        }
    }
    BITPRISM_ASSERT(low.defined(), "some token enters every block");
    site.low = low;
    site.high = high;
}

FoundChange OutlierPlusSearch::searchSite(Site &site, JobContext &context)
{
    readInputs(site);
    const bool mayShift = m_options.shifts && !site.norm->bias.empty()
        && std::all_of(site.readers.begin(), site.readers.end(), [this](const LayerInfo *layer) {
                              return m_current.tensor(biasName(*layer)).defined();
                          });
    FoundChange found;
    found.norm = site.norm;
    if (mayShift) {
        found.change.shift = (site.high + site.low) / 2;
        site.low = site.low - found.change.shift;
        site.high = site.high - found.change.shift;
    }
    const double lowest
        = m_options.lowest > 0 ? m_options.lowest : lowestThreshold(site.norm->centres);
    const std::vector<at::Tensor> wanted = outputs(site, nullptr, 0);
    // Each candidate is many small operations: side by side they need not wait for each other.
    const std::size_t threads = candidatesAtOnce();
    const ThresholdChoice choice = searchThreshold(
        site.high, site.low, lowest,
        [&](const at::Tensor &scale, double tau) {
            context.throwIfCancelled();
            return objective(site, wanted, {scale, found.change.shift}, tau);
        },
        threads);
    found.change.scale = choice.scale;
    found.objectives = choice.objectives;
    if (m_options.hasRoundedPrefix) {
        migrate(m_current, *m_rounding, site, found.change, choice.threshold);
    }
    return found;
}

InputRounding OutlierPlusSearch::inputRounding(const Site &site, const NormChange &change,
                                               double threshold) const
{
    // Static: the range that calibration saw, cut at the threshold.
    const at::Tensor low = (site.low / change.scale).min().clamp_min(-threshold);
    const at::Tensor high = (site.high / change.scale).max().clamp_max(threshold);
    return [this, change, low, high](const at::Tensor &input) {
        const at::Tensor shifted = change.shift.defined() ? input - change.shift : input;
        const at::Tensor migrated = shifted / change.scale;
        const at::Tensor rounded = m_options.activationsPerToken
            ? roundedInput(migrated, migrated.amin(-1, true), migrated.amax(-1, true))
            : roundedInput(migrated, low, high);
        return rounded * change.scale;
    };
}

void OutlierPlusSearch::migrate(Block &block, Rounding &rounding, const Site &site,
                                const NormChange &change, double threshold) const
{
    for (const LayerInfo *layer : site.readers) {
        const at::Tensor weight = block.tensor(layer->tensor);
        if (change.shift.defined()) {
            const std::string bias = biasName(*layer);
            block.setTensor(bias, block.tensor(bias) + at::mv(weight, change.shift));
        }
        block.setTensor(layer->tensor, roundedWeight(weight * change.scale) / change.scale);
        rounding.set(*layer, inputRounding(site, change, threshold));
    }
}

std::vector<at::Tensor> OutlierPlusSearch::outputs(const Site &site, const NormChange *change,
                                                   double threshold) const
{
    Block block = m_current;
    Rounding rounding = *m_rounding;
    if (change != nullptr) {
        migrate(block, rounding, site, *change, threshold);
    }
    std::vector<at::Tensor> all;
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        throwIfWorkCancelled();
        if (site.judge != nullptr) {
            all.push_back(
                maskedRows(inputOf(m_model, block, *site.judge, m_states[i], &rounding), i));
            continue;
        }
        all.push_back(readersOutput(site, block, rounding, maskedRows(site.inputs[i], i)));
    }
    return all;
}

at::Tensor OutlierPlusSearch::readersOutput(const Site &site, const Block &block,
                                            Rounding &rounding, const at::Tensor &input)
{
    std::vector<at::Tensor> beside;
    at::Tensor gate;
    for (const LayerInfo *layer : site.readers) {
        const at::Tensor output
            = at::linear(rounding.beforeLayer(*layer, input), block.tensor(layer->tensor),
                         block.tensor(biasName(*layer)));
        if (layer->kind == "mlp_gate") {
            gate = output;
        } else {
            beside.push_back(output);
        }
    }
    if (!site.isGated) {
        return at::cat(beside, 1);
    }
    BITPRISM_ASSERT(beside.size() == 1, "a gate and what it multiplies read the norm");
    // All families of gated MLPs refuse other activations.
    return tensor_math::siluTimes(std::move(gate), beside.front());
}

double OutlierPlusSearch::objective(const Site &site, const std::vector<at::Tensor> &targets,
                                    const NormChange &change, double threshold) const
{
    const std::vector<at::Tensor> found = outputs(site, &change, threshold);
    double sum = 0;
    double tokens = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        sum += (found[i] - targets[i]).square().sum(at::kDouble).item<double>();
        tokens += static_cast<double>(found[i].size(0));
    }
    return sum / std::max(1.0, tokens);
}

void OutlierPlusSearch::advance(std::vector<StreamState> &states, JobContext &context)
{
    for (StreamState &state : states) {
        context.throwIfCancelled();
        m_model.runBlock(m_current, state, m_rounding.get());
    }
}

} // namespace bitprism
