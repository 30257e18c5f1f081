// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/run_plan.h"

#include "core/io/checkpoint.h"
#include "core/jobs/opened_model.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace bitprism {

RunPlan::RunPlan(Recipe recipe, const Model &model)
    : m_recipe(std::move(recipe))
    , m_info(model.info())
{
    m_transforms
        = std::make_unique<ModelTransforms>(m_recipe.transforms, model.info(), m_recipe.seed);
    for (const StackInfo &stack : model.info().stacks) {
        m_blocks += stack.blocks;
    }
    const std::vector<ResolvedLayer> resolved = resolveForRun(m_recipe, model.info(), "recipe");
    for (std::size_t i = 0; i < resolved.size(); ++i) {
        if (!resolved[i].skip) {
            planLayer(model.info().layers[i], resolved[i]);
        }
    }
    refuseTiedHead(model.info());
    if (all().empty()) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "The recipe quantizes no layer of %1; check its overrides."),
            model.info().path);
    }
}

/// An untied head and the embedding differ, but have one layer and one name.
void RunPlan::refuseTiedHead(const ModelInfo &info) const
{
    for (const PlannedLayer &layer : m_outer) {
        if (m_transforms->unties(*layer.layer)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "recipe: %1 is the head of %2 too, and a transform makes two "
                                    "weights of it; leave it unquantized or the transform out."),
                        layer.layer->name, info.path);
        }
    }
}

const WeightQuantizer &RunPlan::quantizerFor(const ComponentChoice &choice)
{
    Json params = choice.parameters();
    params.erase("bits"); // the width travels with each layer
    const std::string key = choice.id + params.dump();
    auto found = m_quantizers.find(key);
    if (found == m_quantizers.end()) {
        found = m_quantizers
                    .emplace(key,
                             create<WeightQuantizer>(choice.id, choice.parameters(),
                                                     "recipe: weights: " + choice.id))
                    .first;
    }
    return *found->second;
}

void RunPlan::planLayer(const LayerInfo &layer, const ResolvedLayer &resolved)
{
    PlannedLayer planned;
    planned.layer = &layer;
    // Read at this layer's own width, so that limits across parameters see it.
    const auto checked = create<WeightQuantizer>(resolved.weights.id, resolved.weights.parameters(),
                                                 "recipe: weights of " + layer.name);
    planned.bits = resolved.bits > 0 ? resolved.bits : checked->defaultBits();
    planned.ratio = resolved.ratio ? resolved.ratio : checked->defaultRatio();
    planned.quantizer = &quantizerFor(resolved.weights);
    const std::string between = m_transforms->standingBetween();
    if (planned.quantizer->needs().foldsScales && !between.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "recipe: weights: %1 folds scales into what feeds a layer, but the "
                                "transform %2 stands between while the model runs; give %2 offline "
                                "parts only, or switch the scale search off."),
                    resolved.weights.id, between);
    }
    planned.storageBits = planned.quantizer->storageBits(layer, planned.bits, planned.ratio);
    if (layer.block < 0) {
        m_outer.push_back(planned);
    } else {
        m_byBlock[{layer.stack, layer.block}].push_back(planned);
    }
}

const std::vector<PlannedLayer> &RunPlan::layersOf(BlockId block) const
{
    static const std::vector<PlannedLayer> none;
    const auto found = m_byBlock.find(block);
    return found == m_byBlock.end() ? none : found->second;
}

int RunPlan::units() const { return m_blocks + (m_outer.empty() ? 0 : 1); }

std::vector<const PlannedLayer *> RunPlan::all() const
{
    std::vector<const PlannedLayer *> layers;
    for (const auto &[block, planned] : m_byBlock) {
        for (const PlannedLayer &layer : planned) {
            layers.push_back(&layer);
        }
    }
    for (const PlannedLayer &layer : m_outer) {
        layers.push_back(&layer);
    }
    return layers;
}

std::set<std::string> RunPlan::quantizedLayers() const
{
    std::set<std::string> names;
    for (const PlannedLayer *layer : all()) {
        names.insert(layer->layer->name);
    }
    return names;
}

StatisticsNeeds RunPlan::statisticsNeeds(BlockId block) const
{
    StatisticsNeeds needs;
    for (const PlannedLayer &layer : layersOf(block)) {
        needs |= layer.quantizer->needs().statistics;
    }
    if (hasActivationQuantizer()) {
        needs |= makeActivationQuantizer()->needs();
    }
    return needs;
}

bool RunPlan::needsData() const
{
    const auto activations = makeActivationQuantizer();
    const std::vector<const PlannedLayer *> layers = all();
    return activations->needs().any() || activations->searchesOutput()
        || !m_transforms->firstLearner().empty()
        || std::any_of(layers.begin(), layers.end(), [](const PlannedLayer *layer) {
               const QuantizerNeeds needs = layer->quantizer->needs();
               return needs.statistics.any() || needs.blockStates || needs.gradients;
           });
}

void RunPlan::requireDataFree(const ModelInfo &info) const
{
    if (!info.runnable) {
        requireWeightsOnly(info);
    }
    if (const std::string learner = m_transforms->firstLearner(); !learner.empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error",
                                "The recipe's transforms (\"%1\") need calibration data; name "
                                "a text file."),
                    learner);
    }
    if (needsData()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error",
                                "The recipe needs calibration data (weights \"%1\", activations "
                                "\"%2\"); name a text file."),
                    m_recipe.weights.id, m_recipe.activations.id);
    }
}

void RunPlan::requireWeightsOnly(const ModelInfo &info) const
{
    for (const ComponentChoice &transform : m_recipe.transforms) {
        throwNeedsRun(info, "The transform \"" + transform.id + '"');
    }
    if (hasActivationQuantizer()) {
        throwNeedsRun(info, "Quantizing activations (\"" + m_recipe.activations.id + "\")");
    }
    for (const EvaluationChoice &evaluation : m_recipe.evaluation) {
        throwNeedsRun(info, "The task \"" + evaluation.task.id + '"');
    }
    for (const PlannedLayer *layer : all()) {
        const QuantizerNeeds needs = layer->quantizer->needs();
        if (needs.statistics.any() || needs.blockStates || needs.gradients) {
            throwNeedsRun(info, "The quantizer of " + layer->layer->name);
        }
    }
}

bool RunPlan::isSequential(BlockId block) const
{
    for (const PlannedLayer &layer : layersOf(block)) {
        if (layer.quantizer->needs().sequentialGroups) {
            return true;
        }
    }
    return false;
}

bool RunPlan::needsBlockStates() const
{
    for (const auto &[block, layers] : m_byBlock) {
        for (const PlannedLayer &layer : layers) {
            if (layer.quantizer->needs().blockStates) {
                return true;
            }
        }
    }
    return false;
}

std::vector<ScoredLayer> RunPlan::scoredLayers() const
{
    std::vector<ScoredLayer> scored;
    for (const auto &[block, layers] : m_byBlock) {
        for (const PlannedLayer &layer : layers) {
            if (layer.quantizer->needs().gradients) {
                scored.push_back({layer.layer, layer.quantizer, layer.bits});
            }
        }
    }
    return scored;
}

std::int64_t RunPlan::scoreBytes() const
{
    std::int64_t bytes = 0;
    for (const ScoredLayer &scored : scoredLayers()) {
        if (scored.quantizer->needs().weightScores) {
            bytes += scored.layer->rows * scored.layer->cols * 4;
        }
    }
    return bytes;
}

std::unique_ptr<ActivationQuantizer> RunPlan::makeActivationQuantizer() const
{
    return create<ActivationQuantizer>(m_recipe.activations.id, m_recipe.activations.parameters(),
                                       "recipe: activations");
}

bool RunPlan::hasActivationQuantizer() const { return !makeActivationQuantizer()->isIdentity(); }

std::unique_ptr<KvCacheQuantizer> RunPlan::makeKvCacheQuantizer() const
{
    return create<KvCacheQuantizer>(m_recipe.kvCache.id, m_recipe.kvCache.parameters(),
                                    "recipe: kv_cache");
}

std::shared_ptr<BlockHooks>
RunPlan::activationHooks(std::shared_ptr<const ActivationQuantizer> activations) const
{
    if (activations == nullptr || activations->isIdentity()) {
        return nullptr;
    }
    const std::set<std::string> layers = quantizedLayers();
    ShortcutGrids shortcuts;
    const ModelGraph graph(m_info);
    for (const NormInfo &norm : m_info.norms) {
        for (const LayerInfo *layer : graph.readersOf(norm)) {
            if (norm.shortcut && activations->quantizesShortcuts()
                && layers.contains(layer->name)) {
                shortcuts[{{norm.stack, norm.shortcut->block}, norm.shortcut->part}] = layer;
            }
        }
    }
    std::set<BlockId> attention;
    for (const auto &[block, planned] : m_byBlock) {
        if (activations->quantizesAttention() && !planned.empty()) {
            attention.insert(block);
        }
    }
    return std::make_shared<ActivationHooks>(std::move(activations), layers, std::move(shortcuts),
                                             std::move(attention));
}

std::shared_ptr<BlockHooks>
RunPlan::runtimeHooks(std::shared_ptr<const ActivationQuantizer> activations) const
{
    std::vector<std::shared_ptr<BlockHooks>> hooks;
    if (auto rounding = activationHooks(std::move(activations))) {
        hooks.push_back(std::move(rounding));
    }
    std::shared_ptr<const KvCacheQuantizer> cache = makeKvCacheQuantizer();
    if (!cache->isIdentity()) {
        hooks.push_back(std::make_shared<KvCacheHooks>(std::move(cache)));
    }
    return hooksInARow(std::move(hooks));
}

std::vector<std::string> RunPlan::notes() const
{
    std::map<std::string, int> layers;
    for (const PlannedLayer *planned : all()) {
        if (std::string text = planned->quantizer->fallback(*planned->layer); !text.empty()) {
            ++layers[std::move(text)];
        }
    }
    std::vector<std::string> result;
    for (const auto &[text, count] : layers) {
        result.push_back(std::to_string(count) + (count == 1 ? " layer is " : " layers are ")
                         + text);
    }
    for (const LayerOverride &each : m_recipe.overrides) {
        if (std::none_of(m_info.layers.begin(), m_info.layers.end(), [&](const LayerInfo &layer) {
                return globMatches(each.match, layer.name);
            })) {
            result.push_back("the override \"" + each.match + "\" matches no layer");
        }
    }
    return result;
}

TokenCost RunPlan::tokenCost(const ModelInfo &info) const
{
    const auto activations = makeActivationQuantizer();
    const double activationBits = activations->bits();
    const double operandBits = activations->quantizesAttention() ? activationBits : fullWidth;
    std::map<std::string, LayerWidth> widths;
    for (const PlannedLayer *layer : all()) {
        widths[layer->layer->name]
            = {layer->quantizer->meanBits(*layer->layer, layer->bits, layer->ratio),
               layer->storageBits, activationBits};
    }
    const auto cache = makeKvCacheQuantizer();
    const std::int64_t positions = costedPositions(info);
    // Of the last stack, whose cache it mostly is; the others are taken to be alike.
    const std::int64_t headSize = info.stacks.empty() ? 0 : info.stacks.back().headSize;
    const CacheWidth kept{std::min<double>(cache->keyBits(), operandBits),
                          std::min<double>(cache->valueBits(), operandBits),
                          std::min(cache->storedKeyBits(headSize, positions), operandBits),
                          std::min(cache->storedValueBits(headSize, positions), operandBits)};
    return modelCost(
        info,
        [&](const LayerInfo &layer) {
            const auto found = widths.find(layer.name);
            return found == widths.end() ? nullptr : &found->second;
        },
        kept, operandBits);
}

std::int64_t RunPlan::storageBits(const std::vector<RunLayer> &done) const
{
    std::map<std::string, std::int64_t> actual;
    for (const RunLayer &row : done) {
        actual[row.name] = row.storageBits;
    }
    std::int64_t bits = 0;
    for (const PlannedLayer *layer : all()) {
        const auto found = actual.find(layer->layer->name);
        bits += found == actual.end() ? layer->storageBits : found->second;
    }
    return bits;
}

double RunPlan::averageBits(const std::vector<RunLayer> &done) const
{
    std::int64_t weights = 0;
    for (const PlannedLayer *layer : all()) {
        weights += layer->layer->rows * layer->layer->cols;
    }
    return static_cast<double>(storageBits(done)) / static_cast<double>(weights);
}

std::int64_t RunPlan::checkpointBytes(const Model &model, const std::vector<RunLayer> &done) const
{
    std::set<std::string> tensors;
    for (const PlannedLayer *layer : all()) {
        tensors.insert(layer->layer->tensor);
    }
    return bytesWithout(model, tensors) + (storageBits(done) + 7) / 8 + untiedHeadBytes(model);
}

std::int64_t RunPlan::untiedHeadBytes(const Model &model) const
{
    std::int64_t bytes = 0;
    for (const LayerInfo &layer : model.info().layers) {
        if (m_transforms->unties(layer)) {
            bytes += static_cast<std::int64_t>(model.checkpoint().require(layer.tensor).bytes);
        }
    }
    return bytes;
}

std::int64_t bytesWithout(const Model &model, const std::set<std::string> &tensors)
{
    std::int64_t bytes = 0;
    for (const io::TensorInfo &tensor : model.checkpoint().tensors()) {
        if (!tensors.contains(tensor.name)) {
            bytes += static_cast<std::int64_t>(tensor.bytes);
        }
    }
    return bytes;
}

} // namespace bitprism
