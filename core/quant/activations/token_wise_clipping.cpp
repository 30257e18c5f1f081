// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/activation_search.h"
#include "core/quant/learned_grid.h"
#include "core/quant/static_activations.h"
#include "core/quant/token_extrema.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace bitprism {

namespace {

struct TokenWiseClippingParams
{
    ActivationGridParams grid{.symmetric = false};
    bool search = true;
    double kept = 1;
    double step = 0;
    int batch = 32;
    std::string distance = "fitting";
    std::string weights = "full";
    int epochs = 3;
    double rate = 1e-5;

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.flag("search", search,
               {BITPRISM_TR("Component", "Search"),
                BITPRISM_TR("Component",
                            "Finds the share of tokens kept by what the clipping does to the "
                            "network's output; otherwise the share below holds.")});
        v.real("kept", kept, {0.5, 1},
               {BITPRISM_TR("Component", "Share kept"),
                BITPRISM_TR("Component",
                            "Quantile of the tokens' extremes that every range reaches; 1: the "
                            "whole range, averaged over batches.")});
        v.enabledIf("search", "false");
        v.real("step", step, {0, 0.5},
               {BITPRISM_TR("Component", "Step of the share"),
                BITPRISM_TR("Component",
                            "Between the shares that are tried; 0: as published, from the tokens "
                            "of a batch, at most 0.01.")});
        v.enabledIf("search", "true");
        v.integer("batch", batch, {1, 65536},
                  {BITPRISM_TR("Component", "Batch"),
                   BITPRISM_TR("Component",
                               "Calibration samples whose tokens are ranked together; ranges are "
                               "averaged over batches."),
                   "samples"});
        v.choice("distance", distance,
                 {{"fitting", BITPRISM_TR("Component", "What fits the model")},
                  {"squared-error", BITPRISM_TR("Component", "Squared error of the output")},
                  {"divergence", BITPRISM_TR("Component", "KL divergence of the output")}},
                 {BITPRISM_TR("Component", "Judged by"),
                  BITPRISM_TR("Component",
                              "What is compared with the network that rounds nothing; fitting: the "
                              "divergence for language models, else the squared error.")});
        v.choice("weights", weights,
                 {{"full", BITPRISM_TR("Component", "In full precision")},
                  {"quantized", BITPRISM_TR("Component", "Quantized")}},
                 {BITPRISM_TR("Component", "Weights meanwhile"),
                  BITPRISM_TR("Component", "What the network computes with during the search.")});
        v.integer("epochs", epochs, {0, 1000},
                  {BITPRISM_TR("Component", "Epochs of the fine stage"),
                   BITPRISM_TR("Component",
                               "Passes that learn scales and zero points by gradient, from the "
                               "searched ranges on; what was best is kept.")});
        v.real(
            "rate", rate, {1e-8, 1},
            {BITPRISM_TR("Component", "Learning rate"),
             BITPRISM_TR("Component", "Of the fine stage (Adam); it falls to zero as a cosine.")});
    }
};

/// Two significant digits.
double roundedToTwo(double x)
{
    const double unit = std::pow(10, std::floor(std::log10(x)) - 1);
    return std::nearbyint(x / unit) * unit;
}

/// Share of tokens that the grid of candidates goes down by; published for 8, 6 and 4 bits.
double searchedDepth(int bits)
{
    switch (bits) {
    case 8:
        return 0.1;
    case 7:
        return 0.2;
    case 6:
        return 0.3;
    case 5:
        return 0.6;
    default:
        return 0.9;
    }
}

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
        const double candidates = m_params.search ? candidateCount(stepFor(samples, length)) : 0;
        return 2 + candidates + 5 * m_params.epochs;
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
            text += "; after the fine stage "
                + rounded(*std::min_element(m_fine.begin(), m_fine.end()));
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
        StaticActivationQuantizer::restore(state.at("grids"));
        m_kept = state.at("kept").get<double>();
        m_curve = state.at("curve").get<std::vector<std::pair<double, double>>>();
        m_fine = state.at("fine").get<std::vector<double>>();
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

    double stepFor(std::int64_t samples, std::int64_t length) const
    {
        if (m_params.step > 0) {
            return m_params.step;
        }
        constexpr double publishedTokens = 4096; // of a batch of 32 texts of 128
        constexpr double publishedStep = 0.01;
        const auto batch
            = std::min<std::int64_t>(m_params.batch, std::max<std::int64_t>(1, samples));
        const auto tokens = static_cast<double>(std::max<std::int64_t>(1, batch * length));
        const double step
            = std::min(publishedStep, roundedToTwo(publishedStep * publishedTokens / tokens));
        return std::max(step, 1 / tokens);
    }
    double candidateCount(double step) const
    {
        constexpr double slack = 1e-9; // 0.3 / 0.01 is a little less than 30
        return std::max(1.0, std::floor(searchedDepth(bits()) / step + slack));
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
        const double step = stepFor(static_cast<std::int64_t>(network.samples()), network.length());
        const auto candidates = static_cast<int>(candidateCount(step));
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
