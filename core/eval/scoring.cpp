// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/scoring.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::int64_t logitsAtOnce = std::int64_t{1} << 22;

} // namespace

std::int64_t scoredAtOnce(const Model &model)
{
    return std::clamp<std::int64_t>(
        logitsAtOnce / std::max<std::int64_t>(1, model.info().outputSize()), 16, 4096);
}

at::Tensor logProbabilities(const Model &model, const Block &head, const at::Tensor &hidden)
{
    return at::log_softmax(model.finish(head, hidden), -1);
}

at::Tensor divergence(const at::Tensor &reference, const at::Tensor &probed)
{
    // The difference first: both logarithms are far larger than what is left of them.
    return (reference - probed).mul_(reference.exp()).sum(-1).clamp_min_(0);
}

at::Tensor agreesOnTop(const at::Tensor &reference, const at::Tensor &probed)
{
    const at::Tensor top = reference.argmax(-1, true);
    return probed.gather(-1, top).squeeze(-1).eq(probed.amax(-1));
}

at::Tensor isCorrect(const at::Tensor &logProbabilities, const at::Tensor &targets)
{
    return logProbabilities.argmax(-1).to(at::kCPU).eq(targets.to(at::kCPU)).to(at::kFloat);
}

at::Tensor lossOf(const at::Tensor &logProbabilities, const at::Tensor &targets)
{
    return logProbabilities.gather(-1, targets.to(logProbabilities.device()).unsqueeze(-1))
        .squeeze(-1)
        .neg_();
}

void inPieces(std::int64_t total, std::int64_t piece,
              const std::function<void(std::int64_t, std::int64_t)> &body)
{
    for (std::int64_t first = 0; first < total; first += piece) {
        body(first, std::min(piece, total - first));
    }
}

void addByUnit(std::vector<double> &sums, const at::Tensor &units, const at::Tensor &values,
               const at::Tensor &weights)
{
    const at::Tensor factor = weights.defined() ? weights.contiguous() : weights;
    const at::Tensor unit = units.to(at::kCPU).contiguous();
    const at::Tensor value = values.to(at::kCPU, at::kFloat).contiguous();
    for (std::int64_t i = 0; i < unit.numel(); ++i) {
        const auto place = static_cast<std::size_t>(unit.data_ptr<std::int64_t>()[i]);
        BITPRISM_ASSERT(place < sums.size(), "begin() was told of every unit");
        const double one = static_cast<double>(value.data_ptr<float>()[i]);
        sums[place] += factor.defined() ? factor.data_ptr<double>()[i] * one : one;
    }
}

void UnitSums::begin(std::int64_t units)
{
    m_sums.assign(static_cast<std::size_t>(units), 0);
    m_weights = m_sums;
}

void UnitSums::add(const MetricBatch &batch, const at::Tensor &values)
{
    addByUnit(m_sums, batch.units, values, batch.weights);
    addByUnit(m_weights, batch.units, at::ones(batch.units.sizes(), at::kFloat), batch.weights);
}

void UnitSums::merge(const UnitSums &other)
{
    BITPRISM_ASSERT(other.m_sums.size() == m_sums.size(), "shards count the same units");
    for (std::size_t i = 0; i < m_sums.size(); ++i) {
        m_sums[i] += other.m_sums[i];
        m_weights[i] += other.m_weights[i];
    }
}

std::vector<std::int64_t> UnitSums::counts() const
{
    std::vector<std::int64_t> counts;
    for (const double weight : m_weights) {
        counts.push_back(std::llround(weight));
    }
    return counts;
}

} // namespace bitprism
