// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/log_mel.h"

#include "core/base/error.h"
#include "core/kernels/blas.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bitprism::media {

namespace {

constexpr std::int64_t window = 400;
constexpr double nyquist = 8000;
/// Frames transformed by one product: small enough to stay in cache, large enough for its speed.
constexpr std::int64_t melFramesAtOnce = 250;

// Slaney's scale: linear to 1 kHz, logarithmic above.
constexpr double hertzPerMel = 200.0 / 3;
constexpr double logStartHertz = 1000;
constexpr double logStartMel = logStartHertz / hertzPerMel;
const double logStep = std::log(6.4) / 27;

double melOf(double hertz)
{
    return hertz < logStartHertz ? hertz / hertzPerMel
                                 : logStartMel + std::log(hertz / logStartHertz) / logStep;
}

double hertzOf(double mel)
{
    return mel < logStartMel ? mel * hertzPerMel
                             : logStartHertz * std::exp(logStep * (mel - logStartMel));
}

/// The windowed transform as one matrix [window, 2 spectrumBins]: real parts, then imaginary ones.
std::vector<double> transformMatrix()
{
    std::vector<double> matrix(static_cast<std::size_t>(window * 2 * spectrumBins));
    for (std::int64_t t = 0; t < window; ++t) {
        const double turn = 2 * std::numbers::pi / window;
        const double hann = 0.5 - 0.5 * std::cos(turn * static_cast<double>(t));
        double *row = matrix.data() + t * 2 * spectrumBins;
        for (std::int64_t k = 0; k < spectrumBins; ++k) {
            const double angle = turn * static_cast<double>(k * t % window);
            row[k] = hann * std::cos(angle);
            row[spectrumBins + k] = -hann * std::sin(angle);
        }
    }
    return matrix;
}

/// Sample `at` of the signal of `length` samples, zeros behind those given, mirrored at both ends
/// without repeating the end (numpy's "reflect").
double reflected(std::span<const float> samples, std::int64_t length, std::int64_t at)
{
    const auto last = length - 1;
    const std::int64_t place = at < 0 ? -at : at > last ? 2 * last - at : at;
    return place < static_cast<std::int64_t>(samples.size())
        ? static_cast<double>(samples[static_cast<std::size_t>(place)])
        : 0.0;
}

} // namespace

std::vector<double> melFilters(int bins)
{
    BITPRISM_ASSERT(bins >= 1, "a filter bank has filters");
    std::vector<double> edges(static_cast<std::size_t>(bins) + 2);
    for (std::size_t i = 0; i < edges.size(); ++i) {
        edges[i] = hertzOf(melOf(nyquist) * static_cast<double>(i) / (bins + 1));
    }
    std::vector<double> filters(static_cast<std::size_t>(bins * spectrumBins));
    for (std::size_t m = 0; m < static_cast<std::size_t>(bins); ++m) {
        const double low = edges[m];
        const double middle = edges[m + 1];
        const double high = edges[m + 2];
        for (std::int64_t k = 0; k < spectrumBins; ++k) {
            const double hertz = nyquist * static_cast<double>(k) / (spectrumBins - 1);
            const double rising = (hertz - low) / (middle - low);
            const double falling = (high - hertz) / (high - middle);
            filters[m * spectrumBins + static_cast<std::size_t>(k)]
                = std::max(0.0, std::min(rising, falling)) * 2 / (high - low);
        }
    }
    return filters;
}

std::vector<float> whisperLogMel(std::span<const float> samples, int bins, std::int64_t count)
{
    const std::int64_t length = count * samplesPerFrame;
    samples = samples.first(std::min(samples.size(), static_cast<std::size_t>(length)));
    const std::vector<double> transform = transformMatrix();
    const std::vector<double> filters = melFilters(bins);
    std::vector<double> frames(static_cast<std::size_t>(melFramesAtOnce * window));
    std::vector<double> spectrum(static_cast<std::size_t>(melFramesAtOnce * 2 * spectrumBins));
    std::vector<double> mel(static_cast<std::size_t>(melFramesAtOnce * bins));
    std::vector<double> logs(static_cast<std::size_t>(bins * count));
    for (std::int64_t first = 0; first < count; first += melFramesAtOnce) {
        for (std::int64_t frame = 0; frame < melFramesAtOnce; ++frame) {
            const std::int64_t start = (first + frame) * samplesPerFrame - window / 2;
            for (std::int64_t t = 0; t < window; ++t) {
                frames[static_cast<std::size_t>(frame * window + t)]
                    = reflected(samples, length, start + t);
            }
        }
        blas::gemm(1.0, {frames.data(), melFramesAtOnce, window}, blas::Transpose::No,
                   {transform.data(), window, 2 * spectrumBins}, blas::Transpose::No, 0.0,
                   {spectrum.data(), melFramesAtOnce, 2 * spectrumBins});
        for (std::int64_t frame = 0; frame < melFramesAtOnce; ++frame) {
            double *row = spectrum.data() + frame * 2 * spectrumBins;
            for (std::int64_t k = 0; k < spectrumBins; ++k) {
                row[k] = row[k] * row[k] + row[spectrumBins + k] * row[spectrumBins + k];
            }
        }
        blas::gemm(1.0, {spectrum.data(), melFramesAtOnce, spectrumBins, 2 * spectrumBins},
                   blas::Transpose::No, {filters.data(), bins, spectrumBins}, blas::Transpose::Yes,
                   0.0, {mel.data(), melFramesAtOnce, bins});
        for (std::int64_t frame = 0; frame < std::min(melFramesAtOnce, count - first); ++frame) {
            for (std::int64_t m = 0; m < bins; ++m) {
                logs[static_cast<std::size_t>(m * count + first + frame)]
                    = std::log10(std::max(1e-10, mel[static_cast<std::size_t>(frame * bins + m)]));
            }
        }
    }
    const double floor = *std::max_element(logs.begin(), logs.end()) - 8;
    std::vector<float> result(logs.size());
    std::transform(logs.begin(), logs.end(), result.begin(), [floor](double value) {
        return static_cast<float>((std::max(value, floor) + 4) / 4);
    });
    return result;
}

} // namespace bitprism::media
