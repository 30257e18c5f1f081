// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/config_reader.h"
#include "core/quant/activation_search.h"
#include "core/quant/learned_grid.h"
#include "core/quant/static_activations.h"
#include "core/quant/token_extrema.h"
#include "core/quant/token_wise_params.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <utility>

namespace bitprism {

namespace {

/// Static ranges cut at a quantile of the tokens' extremes, one for all layers, that changes the
/// network's output least; then scales and zero points learned by gradient. A few tokens hold the
/// largest values, and cutting them costs little.
class TokenWiseClipping final : public StaticActivationQuantizer
{
public:
    using Params = TokenWiseClippingParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "token-wise-clipping",
                BITPRISM_TR("Component", "Static, token-wise clipping"),
                "Wei et al., Outlier Suppression, arXiv 2209.13325, section 4.2",
                {}};
    }
    explicit TokenWiseClipping(const Params &params)
        : StaticActivationQuantizer(params.grid)
        , m_params(params)
    {
    }

    bool searchesOutput() const override { return true; }
    bool searchesWithQuantizedWeights() const override { return m_params.weights == "quantized"; }
    double searchRuns(std::int64_t samples, std::int64_t length) const override
    {
        const double candidates
            = m_params.search ? m_params.candidates(bits(), samples, length) : 0;
        // The plain network twice; an epoch goes forward, again for each block, backward, which
        // is two products, and is judged; the first one's start is judged too.
        constexpr double runsOfEpoch = 5;
        return 2 + candidates + (m_params.epochs > 0 ? 1 : 0) + runsOfEpoch * m_params.epochs;
    }

    void search(ActivationSearch &network) override
    {
        observe(network);
        const OutputDistance distance = m_params.distance == "fitting" ? network.fittingDistance()
            : m_params.distance == "divergence"                        ? OutputDistance::Divergence
                                                : OutputDistance::SquaredError;
        m_kept = m_params.kept;
        if (m_params.search) {
            searchShare(network, distance);
        }
        clip(m_kept);
        if (m_params.epochs > 0) {
            learn(network, distance);
        }
        m_extrema = SiteExtrema();
    }

    at::Tensor quantize(const at::Tensor &input, const LayerInfo &layer) const override
    {
        const auto learning = m_learning.find(siteOf(layer));
        return learning == m_learning.end() ? StaticActivationQuantizer::quantize(input, layer)
                                            : learning->second.quantize(input);
    }

    std::vector<std::string> findings() const override
    {
        if (m_curve.empty() && m_fine.empty()) {
            return {};
        }
        std::string text
            = "token-wise-clipping: " + rounded(100 * m_kept) + " % of the tokens kept";
        if (!m_curve.empty()) {
            const auto best = std::min_element(
                m_curve.begin(), m_curve.end(),
                [](const auto &a, const auto &b) { return a.second < b.second; });
            text += "; distance of the output " + rounded(m_curve.front().second)
                + " with all of them, " + rounded(best->second) + " so";
        }
        if (!m_fine.empty()) {
            text += "; " + rounded(m_fine.front()) + " before the fine stage, "
                + rounded(*std::min_element(m_fine.begin(), m_fine.end())) + " after it";
        }
        return {text};
    }

    /// The grids, the share kept, its curve of [share, distance], and the distances of the fine
    /// stage: at its start and after each epoch.
    Json state() const override
    {
        return {{"grids", StaticActivationQuantizer::state()},
                {"kept", m_kept},
                {"curve", m_curve},
                {"fine", m_fine}};
    }
    void restore(const Json &state) override
    {
        const ConfigReader fields(state, "The stored clipping of activations");
        const Json *grids = fields.find("grids");
        if (grids == nullptr || !grids->is_object()) {
            fields.fail("grids", "an object");
        }
        StaticActivationQuantizer::restore(*grids);
        m_kept = fields.real("kept", 0, 1, 1);
        m_curve.clear();
        for (const std::vector<double> &point : numbersOf(fields, "curve", 2)) {
            m_curve.emplace_back(point[0], point[1]);
        }
        m_fine.clear();
        for (const std::vector<double> &distance : numbersOf(fields, "fine", 1)) {
            m_fine.push_back(distance[0]);
        }
    }

protected:
    std::string gridName(const LayerInfo &layer) const override { return siteOf(layer); }

private:
    static std::string rounded(double x)
    {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.4g", x);
        return digits;
    }

    /// The list under `key` of rows of `width` numbers; of single numbers for a width of 1.
    static std::vector<std::vector<double>> numbersOf(const ConfigReader &fields, const char *key,
                                                      std::size_t width)
    {
        const Json *list = fields.find(key);
        std::vector<std::vector<double>> rows;
        if (list == nullptr || !list->is_array()) {
            fields.fail(key, "a list of numbers");
        }
        for (const Json &entry : *list) {
            const Json row = entry.is_array() ? entry : Json::array({entry});
            const bool isGood = row.size() == width
                && std::all_of(row.begin(), row.end(),
                               [](const Json &x) { return x.is_number() || x.is_null(); });
            if (!isGood) {
                fields.fail(key, "a list of numbers");
            }
            std::vector<double> &numbers = rows.emplace_back();
            for (const Json &x : row) { // JSON has no word for what is no number
                numbers.push_back(x.is_null() ? std::nan("") : x.get<double>());
            }
        }
        return rows;
    }

    void observe(ActivationSearch &network)
    {
        network.context().stage("extremes of the tokens");
        m_extrema = SiteExtrema(static_cast<std::size_t>(m_params.batch));
        network.observe([this](const SeenInput &seen) { m_extrema.add(seen); });
    }

    void clip(double kept)
    {
        for (const auto &[name, site] : m_extrema.sites()) {
            const ActivationRange range = site.range(kept);
            setRange(site.layer, {range.low}, {range.high});
        }
    }

    double distanceNow(ActivationSearch &network, OutputDistance distance) const
    {
        const std::vector<ActivationSearch::Distance> parts = network.distances(*this, distance);
        const auto width = static_cast<std::size_t>(m_params.batch);
        double total = 0;
        double batches = 0;
        for (std::size_t first = 0; first < parts.size(); first += width) {
            double sum = 0;
            double count = 0;
            for (std::size_t i = first; i < std::min(parts.size(), first + width); ++i) {
                sum += parts[i].sum;
                count += parts[i].count;
            }
            total += count > 0 ? sum / count : 0;
            ++batches;
        }
        return total / std::max(1.0, batches);
    }

    void searchShare(ActivationSearch &network, OutputDistance distance)
    {
        const auto samples = static_cast<std::int64_t>(network.samples());
        const double step = m_params.shareStep(samples, network.length());
        const auto candidates
            = static_cast<int>(m_params.candidates(bits(), samples, network.length()));
        m_curve.clear();
        double least = 0;
        for (int i = 0; i < candidates; ++i) {
            const double kept = 1 - i * step;
            network.context().stage("clipping " + std::to_string(i + 1) + " of "
                                    + std::to_string(candidates));
            clip(kept);
            const double found = distanceNow(network, distance);
            m_curve.emplace_back(kept, found);
            if (i == 0 || found < least) {
                least = found;
                m_kept = kept;
            }
            network.context().progress(i + 1, candidates + 5 * m_params.epochs);
        }
    }

    void learn(ActivationSearch &network, OutputDistance distance)
    {
        const Json coarse = StaticActivationQuantizer::state();
        const auto width = static_cast<std::size_t>(m_params.batch);
        const std::size_t batches = (network.samples() + width - 1) / width;
        const double steps = static_cast<double>(m_params.epochs) * static_cast<double>(batches);
        m_fine = {distanceNow(network, distance)};
        Json best = coarse;
        std::map<std::string, LearnedGrid> grids = learnedGrids();
        double done = 0;
        for (int epoch = 0; epoch < m_params.epochs; ++epoch) {
            network.context().stage("fine stage, epoch " + std::to_string(epoch + 1));
            for (std::size_t batch = 0; batch < batches; ++batch) {
                const double rate
                    = m_params.rate * (1 + std::cos(std::numbers::pi * done++ / steps)) / 2;
                takeStep(network, distance, batch, grids, rate);
            }
            for (const auto &[name, grid] : grids) {
                setRange(m_extrema.sites().at(name).layer, {grid.range().low}, {grid.range().high});
            }
            m_fine.push_back(distanceNow(network, distance));
            if (m_fine.back() < *std::min_element(m_fine.begin(), m_fine.end() - 1)) {
                best = StaticActivationQuantizer::state();
            }
        }
        StaticActivationQuantizer::restore(best);
    }

    std::map<std::string, LearnedGrid> learnedGrids() const
    {
        std::map<std::string, LearnedGrid> grids;
        for (const auto &[name, site] : m_extrema.sites()) {
            grids.emplace(
                name, LearnedGrid(rangeOf(site.layer), bits(), grid().symmetric, grid().codes()));
        }
        return grids;
    }

    void takeStep(ActivationSearch &network, OutputDistance distance, std::size_t batch,
                  std::map<std::string, LearnedGrid> &grids, double rate)
    {
        for (auto &[name, grid] : grids) {
            grid.beginStep(m_extrema.sites().at(name).numbers(batch));
        }
        const auto width = static_cast<std::size_t>(m_params.batch);
        const std::size_t first = batch * width;
        m_learning = grids; // the tensors are shared
        network.backward(*this, distance, first, std::min(width, network.samples() - first));
        m_learning.clear();
        for (auto &[name, grid] : grids) {
            grid.endStep(rate);
        }
    }

    Params m_params;
    SiteExtrema m_extrema; ///< during a search
    std::map<std::string, LearnedGrid> m_learning; ///< during a step of the fine stage
    double m_kept = 1;
    std::vector<std::pair<double, double>> m_curve; ///< share kept, distance
    std::vector<double> m_fine;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, token_wise_clipping, TokenWiseClipping);

} // namespace bitprism
