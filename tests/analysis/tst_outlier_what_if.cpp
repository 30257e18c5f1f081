// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/outlier_atlas_file.h"
#include "core/analysis/outlier_what_if.h"
#include "core/kernels/uniform_quantizer.h"
#include "tests/analysis/toy_input.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>

using namespace bitprism;
using test::allRows;
using test::complaintOf;
using test::sketchOf;
using test::ToyInput;
using test::toyInput;
using test::toyWeight;

namespace {

constexpr std::int64_t channels = 48;
constexpr std::int64_t rows = 24;
/// Relative: products of floats against doubles, and codes that round the other way where a value
/// lies on an edge in float.
constexpr double roundingOfErrors = 2e-3;
constexpr double roundingOfRanges = 1e-6; // floats

/// A norm's output: gain 1, but 40 at channel 5, and a bias.
struct Subject
{
    ToyInput input;
    InputSamples samples;
    std::vector<float> weight;
};

Subject normSubject(std::int64_t tokens, std::uint64_t seed, bool hasBias)
{
    Subject subject;
    subject.input = toyInput(tokens, channels, seed);
    std::vector<float> gain(channels, 1.0F);
    std::vector<float> bias(channels, hasBias ? 0.5F : 0.0F);
    gain[5] = -40.0F;
    gain[7] = 1e-4F; // that the guard holds back
    for (std::size_t i = 0; i < subject.input.values.size(); ++i) {
        const std::size_t j = i % channels;
        subject.input.values[i] = subject.input.values[i] * gain[j] + bias[j];
    }
    subject.weight = toyWeight(rows, channels, seed + 1);
    subject.samples = sketchOf(subject.input).samples();
    subject.samples.norm = "norm.weight";
    subject.samples.canMoveNorm = true;
    subject.samples.foldsGain = true;
    subject.samples.gain = gain;
    if (hasBias) {
        subject.samples.bias = bias;
    }
    subject.samples.layers = {allRows("layer", subject.weight, channels)};
    return subject;
}

const WhatIfOutcome &outcome(const std::vector<LayerWhatIf> &answers, std::string_view id)
{
    for (const WhatIfOutcome &candidate : answers.front().outcomes) {
        if (candidate.id == id) {
            return candidate;
        }
    }
    throw std::logic_error("no such outcome");
}

struct Errors
{
    double low = 0;
    double high = 0;
    double kurtosis = 0;
    double activation = 0;
    double weight = 0;
    double output = 0;
};

double rounded(double value, double step, double low, double high)
{
    return std::clamp(std::nearbyint(value / step), low, high) * step;
}

/// The same by definition, in double and over all tokens and rows: x' = (x - shift) / scale and
/// W' = W scale on their grids.
Errors direct(const Subject &subject, const std::vector<double> &shift,
              const std::vector<double> &scale, int bits, bool perToken)
{
    const ToyInput &input = subject.input;
    const auto n = static_cast<std::size_t>(input.channels);
    const auto t = static_cast<std::size_t>(input.tokens);
    const auto m = subject.weight.size() / n;
    std::vector<double> x(t * n);
    std::vector<double> w(m * n);
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = (input.values[i] - shift[i % n]) / scale[i % n];
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
        w[i] = subject.weight[i] * scale[i % n];
    }
    Errors errors;
    errors.low = *std::min_element(x.begin(), x.end());
    errors.high = *std::max_element(x.begin(), x.end());
    const double steps = std::exp2(bits) - 1;
    std::vector<double> xq(x.size());
    for (std::size_t i = 0; i < t; ++i) {
        const auto row = x.begin() + static_cast<std::ptrdiff_t>(i * n);
        const double low
            = std::min(0.0, perToken ? *std::min_element(row, row + channels) : errors.low);
        const double high
            = std::max(0.0, perToken ? *std::max_element(row, row + channels) : errors.high);
        const double step = (high - low) / steps;
        const double zero = std::nearbyint(-low / step);
        for (std::size_t j = 0; j < n; ++j) {
            xq[i * n + j] = rounded(x[i * n + j], step, -zero, steps - zero);
        }
    }
    std::vector<double> wq(w.size());
    for (std::size_t i = 0; i < m; ++i) {
        double largest = 0;
        for (std::size_t j = 0; j < n; ++j) {
            largest = std::max(largest, std::fabs(w[i * n + j]));
        }
        const double step = roundScale(static_cast<float>(2 * largest / steps), ScaleType::F16);
        for (std::size_t j = 0; j < n; ++j) {
            wq[i * n + j] = rounded(w[i * n + j], step, -(steps + 1) / 2, (steps - 1) / 2);
        }
    }
    double square = 0;
    double mean = 0;
    for (const double value : x) {
        mean += value / static_cast<double>(x.size());
    }
    double second = 0;
    double fourth = 0;
    for (const double value : x) {
        second += std::pow(value - mean, 2);
        fourth += std::pow(value - mean, 4);
    }
    errors.kurtosis = fourth * static_cast<double>(x.size()) / (second * second);
    for (std::size_t i = 0; i < t; ++i) {
        for (std::size_t k = 0; k < m; ++k) {
            double plain = 0;
            double exact = 0;
            double fromInput = 0;
            double fromWeight = 0;
            double fromBoth = 0;
            for (std::size_t j = 0; j < n; ++j) {
                plain += static_cast<double>(input.values[i * n + j]) * subject.weight[k * n + j];
                exact += x[i * n + j] * w[k * n + j];
                fromInput += xq[i * n + j] * w[k * n + j];
                fromWeight += x[i * n + j] * wq[k * n + j];
                fromBoth += xq[i * n + j] * wq[k * n + j];
            }
            square += plain * plain;
            errors.activation += std::pow(fromInput - exact, 2);
            errors.weight += std::pow(fromWeight - exact, 2);
            errors.output += std::pow(fromBoth - exact, 2);
        }
    }
    errors.activation /= square;
    errors.weight /= square;
    errors.output /= square;
    return errors;
}

bool isClose(double found, double expected, double tolerance)
{
    return std::fabs(found - expected) <= tolerance * std::fabs(expected);
}

void compare(const WhatIfOutcome &found, const Errors &expected)
{
    QVERIFY(found.applies);
    QVERIFY2(isClose(found.low, expected.low, roundingOfRanges), found.id.c_str());
    QVERIFY2(isClose(found.high, expected.high, roundingOfRanges), found.id.c_str());
    QVERIFY2(isClose(found.kurtosis, expected.kurtosis, roundingOfRanges), found.id.c_str());
    QVERIFY2(isClose(found.activationError, expected.activation, roundingOfErrors),
             qPrintable(QString("%1: %2, expected %3")
                            .arg(found.id.c_str())
                            .arg(found.activationError)
                            .arg(expected.activation)));
    QVERIFY2(isClose(found.weightError, expected.weight, roundingOfErrors), found.id.c_str());
    QVERIFY2(isClose(found.outputError, expected.output, roundingOfErrors), found.id.c_str());
    QCOMPARE(found.outputErrorStderr, 0.0);
}

} // namespace

class TstOutlierWhatIf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsTheDefinitionWhereAllIsCached_data();
    void equalsTheDefinitionWhereAllIsCached();
    void suppressionPlusCentresAndClips();
    void rotationSpreadsAnOutlier();
    void keptChannelsCostNothing();
    void whatRemovesOutliersIsSaidToHelp();
    void anEstimateLiesWithinItsError();
    void aRotatedRangeIsThatOfAllTokens();
    void allLayersAtOnceAgreeWithEachAlone();
    void saysWhyNot();
    void sharesOfTheErrorAreThoseOfTheChannels();
    void answersFromTheFile();
    void refusesQuestionsOutOfRange();
    void stopsWhenAsked();
};

void TstOutlierWhatIf::equalsTheDefinitionWhereAllIsCached_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<bool>("perToken");
    for (const int bits : {8, 6, 4}) {
        for (const bool perToken : {false, true}) {
            QTest::addRow("%d bits, %s", bits, perToken ? "per token" : "per tensor")
                << bits << perToken;
        }
    }
}

void TstOutlierWhatIf::equalsTheDefinitionWhereAllIsCached()
{
    QFETCH(int, bits);
    QFETCH(bool, perToken);
    const Subject subject = normSubject(90, 11, true);
    WhatIfQuestion question;
    question.weightBits = bits;
    question.activationBits = bits;
    question.perToken = perToken;
    question.alpha = 0.7;
    const std::vector<LayerWhatIf> answers = whatIf(subject.samples, question);
    QCOMPARE(answers.size(), std::size_t(1));
    QCOMPARE(answers.front().outcomes.size(), std::size(whatIfIds));

    const std::vector<double> none(channels, 0);
    std::vector<double> smooth(channels);
    std::vector<double> gain(channels);
    for (std::size_t j = 0; j < channels; ++j) {
        const double x = std::max(-subject.samples.low[j], subject.samples.high[j]);
        const double w = subject.samples.layers.front().columnMaxAbs[j];
        smooth[j] = std::max(1e-5, std::pow(x, 0.7) / std::pow(w, 0.3));
        gain[j] = subject.samples.gain[j];
    }
    gain[7] = 1; // 1e-4 is below 5 % of the median gain, 1
    compare(outcome(answers, "plain"),
            direct(subject, none, std::vector<double>(channels, 1), bits, perToken));
    compare(outcome(answers, "smoothquant"), direct(subject, none, smooth, bits, perToken));
    compare(outcome(answers, "gamma-migration"), direct(subject, none, gain, bits, perToken));
    QCOMPARE(outcome(answers, "smoothquant").choice.id, std::string("smoothquant"));
    QCOMPARE(outcome(answers, "smoothquant").choice.parameters()["alpha"].get<double>(), 0.7);
    QVERIFY(outcome(answers, "plain").choice.id.empty());
}

void TstOutlierWhatIf::suppressionPlusCentresAndClips()
{
    WhatIfQuestion question;
    question.weightBits = question.activationBits = 6;
    const Subject shifted = normSubject(90, 12, true);
    const auto answers = whatIf(shifted.samples, question);
    const WhatIfOutcome &found = outcome(answers, "outlier-suppression-plus");
    QVERIFY(isClose(-found.low, found.high, 1e-5)); // outlier-suppression.md, property 6
    QVERIFY(found.outputError < outcome(answers, "plain").outputError);
    const Subject scaled = normSubject(90, 12, false);
    const auto unshifted = whatIf(scaled.samples, question);
    QVERIFY(outcome(unshifted, "outlier-suppression-plus").outputError
            < outcome(unshifted, "plain").outputError);
    // With nothing beyond the least threshold there is nothing to scale.
    Subject small = normSubject(90, 13, false);
    for (float &value : small.input.values) {
        value *= 1e-5F;
    }
    InputSamples samples = sketchOf(small.input).samples();
    samples.norm = "norm.weight";
    samples.canMoveNorm = true;
    samples.gain = small.samples.gain;
    samples.layers = small.samples.layers;
    const auto still = whatIf(samples, question);
    QCOMPARE(outcome(still, "outlier-suppression-plus").outputError,
             outcome(still, "plain").outputError);
}

void TstOutlierWhatIf::rotationSpreadsAnOutlier()
{
    const Subject subject = normSubject(90, 14, true);
    const auto answers = whatIf(subject.samples, {});
    const WhatIfOutcome &plain = outcome(answers, "plain");
    const WhatIfOutcome &rotated = outcome(answers, "hadamard-rotation");
    QVERIFY(rotated.kurtosis < 6 && plain.kurtosis > 20);
    QVERIFY(rotated.high - rotated.low < 0.3 * (plain.high - plain.low));
    QVERIFY(rotated.outputError < plain.outputError);
}

void TstOutlierWhatIf::keptChannelsCostNothing()
{
    const Subject subject = normSubject(90, 15, false);
    WhatIfQuestion question;
    question.keptShare = 0.02; // one of 48
    const auto one = whatIf(subject.samples, question);
    const WhatIfOutcome &kept = outcome(one, "keep-top-channels");
    const WhatIfOutcome &plain = outcome(one, "plain");
    QVERIFY(kept.high < 0.3 * plain.high && kept.kurtosis < plain.kurtosis);
    QVERIFY(kept.outputError < 0.1 * plain.outputError);
    question.keptShare = 1;
    const auto all = whatIf(subject.samples, question);
    QCOMPARE(outcome(all, "keep-top-channels").outputError, 0.0);
    QCOMPARE(outcome(all, "keep-top-channels").high, 0.0);
    question.keptShare = 0;
    const auto none = whatIf(subject.samples, question);
    QCOMPARE(outcome(none, "keep-top-channels").outputError, plain.outputError);
}

void TstOutlierWhatIf::whatRemovesOutliersIsSaidToHelp()
{
    const Subject subject = normSubject(90, 16, false);
    const auto answers = whatIf(subject.samples, {});
    const WhatIfOutcome &plain = outcome(answers, "plain");
    for (const char *id :
         {"smoothquant", "outlier-suppression-plus", "hadamard-rotation", "keep-top-channels"}) {
        QVERIFY2(outcome(answers, id).activationError < plain.activationError, id);
    }
    // Migration moves the range into the weights, whose column weighs the error 40 times.
    const WhatIfOutcome &migrated = outcome(answers, "gamma-migration");
    QVERIFY(migrated.high - migrated.low < 0.5 * (plain.high - plain.low));
    QVERIFY(migrated.kurtosis < plain.kurtosis);
}

/// Over many draws of the data the estimate is within four standard errors of the truth.
void TstOutlierWhatIf::anEstimateLiesWithinItsError()
{
    constexpr double sigmas = 4;
    for (std::uint64_t seed = 20; seed < 26; ++seed) {
        const Subject subject = normSubject(1500, seed, false);
        QVERIFY(subject.samples.sampled() < 300);
        const auto answers = whatIf(subject.samples, {});
        const WhatIfOutcome &found = outcome(answers, "plain");
        const Errors exact = direct(subject, std::vector<double>(channels, 0),
                                    std::vector<double>(channels, 1), 8, false);
        QVERIFY(found.outputErrorStderr > 0 && found.outputErrorStderr < 0.2 * found.outputError);
        QVERIFY2(std::fabs(found.outputError - exact.output) < sigmas * found.outputErrorStderr,
                 qPrintable(QString("%1 +- %2, in fact %3")
                                .arg(found.outputError)
                                .arg(found.outputErrorStderr)
                                .arg(exact.output)));
        QVERIFY(isClose(found.high, exact.high, roundingOfRanges)); // ranges are of all tokens
    }
}

/// The range of a rotated input is known of the kept tokens only, and said of all.
void TstOutlierWhatIf::aRotatedRangeIsThatOfAllTokens()
{
    // The largest of m normal entries varies by 1.3 / (2 ln m) of itself: 7 % here. Of the kept
    // tokens alone the range would be 11 % too narrow.
    constexpr double spreadOfLargest = 0.25;
    constexpr double spreadOfMean = 0.04;
    double sum = 0;
    int count = 0;
    for (std::uint64_t seed = 30; seed < 60; ++seed) {
        const Subject subject = normSubject(3000, seed, false);
        InputSamples all = subject.samples;
        all.extremes = 0;
        all.sample = subject.input.values;
        all.sampleTokens.resize(static_cast<std::size_t>(subject.input.tokens));
        const auto answers = whatIf(subject.samples, {});
        const auto exact = whatIf(all, {});
        const WhatIfOutcome &found = outcome(answers, "hadamard-rotation");
        const WhatIfOutcome &truth = outcome(exact, "hadamard-rotation");
        const double ratio = (found.high - found.low) / (truth.high - truth.low);
        QVERIFY2(std::fabs(ratio - 1) < spreadOfLargest, qPrintable(QString::number(ratio)));
        sum += ratio;
        ++count;
    }
    QVERIFY2(std::fabs(sum / count - 1) < spreadOfMean, qPrintable(QString::number(sum / count)));
}

/// No transform is flattered by asking all layers at once, on a part of what is kept.
void TstOutlierWhatIf::allLayersAtOnceAgreeWithEachAlone()
{
    constexpr double sigmas = 4;
    constexpr double spreadOfMean = 0.06; // of 20 estimates that are known to about 10 % each
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    OutlierTable table;
    constexpr int inputs = 20;
    for (int i = 0; i < inputs; ++i) {
        const Subject subject = normSubject(1200, static_cast<std::uint64_t>(50 + i), i % 2 == 0);
        const std::string file = atlasFileName(i, 0);
        InputSamples samples = subject.samples;
        samples.layers.front().layer = "layer" + std::to_string(i);
        writeInputAtlas(path / file, sketchOf(subject.input).map(), samples);
        LayerOutliers &layer = table.layers.emplace_back();
        layer.layer = samples.layers.front().layer;
        layer.atlasFile = file;
    }
    const std::vector<LayerWhatIf> all = whatIfAll(path, table, {});
    QCOMPARE(all.size(), std::size_t(inputs));
    std::map<std::string, double> logRatios;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const LayerWhatIf alone = whatIf(path, table.layers[i], {});
        for (std::size_t k = 0; k < std::size(whatIfIds); ++k) {
            const WhatIfOutcome &a = all[i].outcomes[k];
            const WhatIfOutcome &b = alone.outcomes[k];
            const double spread = sigmas * std::hypot(a.outputErrorStderr, b.outputErrorStderr);
            QVERIFY2(std::fabs(a.outputError - b.outputError) < spread,
                     qPrintable(QString("%1: %2 +- %3, alone %4 +- %5")
                                    .arg(a.id.c_str())
                                    .arg(a.outputError)
                                    .arg(a.outputErrorStderr)
                                    .arg(b.outputError)
                                    .arg(b.outputErrorStderr)));
            logRatios[a.id] += std::log(a.activationError / b.activationError) / inputs;
        }
    }
    for (const auto &[id, ratio] : logRatios) {
        const bool searchesOnFewer = id == "outlier-suppression-plus"; // another threshold
        QVERIFY2(searchesOnFewer || std::fabs(ratio) < spreadOfMean,
                 qPrintable(QString("%1: %2").arg(id.c_str()).arg(ratio)));
    }
}

void TstOutlierWhatIf::saysWhyNot()
{
    Subject subject = normSubject(30, 17, false);
    subject.samples.canMoveNorm = false;
    const auto shared = whatIf(subject.samples, {});
    QVERIFY(!outcome(shared, "gamma-migration").applies);
    QVERIFY(outcome(shared, "smoothquant").reason.text != nullptr);
    QVERIFY(outcome(shared, "hadamard-rotation").applies);
    subject.samples.norm.clear();
    subject.samples.gain.clear();
    const auto unnormed = whatIf(subject.samples, {});
    for (const char *id : {"smoothquant", "gamma-migration", "outlier-suppression-plus"}) {
        QVERIFY(!outcome(unnormed, id).applies);
        QCOMPARE(outcome(unnormed, id).outputError, 0.0);
    }
    QVERIFY(outcome(unnormed, "keep-top-channels").applies);
    InputSamples odd = sketchOf(toyInput(20, 7, 1)).samples();
    odd.layers = {allRows("layer", toyWeight(4, 7, 1), 7)};
    const auto unrotated = whatIf(odd, {});
    QVERIFY(!outcome(unrotated, "hadamard-rotation").applies);
    InputSamples empty = OutlierSketch(8, {}).samples();
    empty.layers = {allRows("layer", toyWeight(4, 8, 1), 8)};
    const auto unfed = whatIf(empty, {});
    QVERIFY(!outcome(unfed, "plain").applies);
}

void TstOutlierWhatIf::sharesOfTheErrorAreThoseOfTheChannels()
{
    const Subject subject = normSubject(90, 18, false);
    const std::vector<ErrorShare> shares
        = errorShares(subject.samples, subject.samples.layers.front(), {5});
    QCOMPARE(shares.size(), std::size_t(3));
    QCOMPARE(shares[0].bits, 8);
    QCOMPARE(shares[2].bits, 4);
    const std::vector<double> none(channels, 0);
    const std::vector<double> one(channels, 1);
    for (const ErrorShare &share : shares) {
        QCOMPARE(share.channels, std::int64_t(1));
        for (const bool perToken : {false, true}) {
            Subject without = subject; // its input has no such channel; the output's square has
            for (std::size_t i = 5; i < without.input.values.size(); i += channels) {
                without.input.values[i] = 0;
            }
            const Errors all = direct(subject, none, one, share.bits, perToken);
            const Errors rest = direct(without, none, one, share.bits, perToken);
            double square = 0; // undoes what direct() divides by
            double squareRest = 0;
            for (std::int64_t t = 0; t < subject.input.tokens; ++t) {
                for (std::size_t k = 0; k < static_cast<std::size_t>(rows); ++k) {
                    double y = 0;
                    double yRest = 0;
                    for (std::int64_t j = 0; j < channels; ++j) {
                        const double w = subject.weight[k * channels + static_cast<std::size_t>(j)];
                        y += subject.input.at(t, j) * w;
                        yRest += without.input.at(t, j) * w;
                    }
                    square += y * y;
                    squareRest += yRest * yRest;
                }
            }
            const double expected = 1 - rest.activation * squareRest / (all.activation * square);
            const double found = perToken ? share.perToken : share.perTensor;
            QVERIFY2(std::fabs(found - expected) < roundingOfErrors,
                     qPrintable(QString("%1, expected %2").arg(found).arg(expected)));
        }
    }
}

void TstOutlierWhatIf::answersFromTheFile()
{
    const QTemporaryDir folder;
    const Subject subject = normSubject(600, 19, true);
    const std::string file = atlasFileName(0, 0);
    InputSamples samples = subject.samples;
    samples.layers.push_back(allRows("other", toyWeight(rows, channels, 5), channels));
    writeInputAtlas(folder.filePath(file.c_str()).toStdString(), sketchOf(subject.input).map(),
                    samples);
    OutlierTable table;
    for (const char *name : {"layer", "other", "without"}) {
        LayerOutliers &layer = table.layers.emplace_back();
        layer.layer = name;
        layer.atlasFile = std::string(name) == "without" ? "" : file;
    }
    const std::filesystem::path path = folder.path().toStdString();
    const LayerWhatIf second = whatIf(path, table.layers[1], {});
    QCOMPARE(second.layer, std::string("other"));
    QCOMPARE(second.outcomes.front().outputError,
             whatIf(samples, {})[1].outcomes.front().outputError);
    const std::vector<LayerWhatIf> all = whatIfAll(path, table, {});
    QCOMPARE(all.size(), std::size_t(2));
    QCOMPARE(all[1].layer, std::string("other"));
    const double quick = all[1].outcomes.front().outputError;
    QVERIFY(std::fabs(quick - second.outcomes.front().outputError)
            < 5 * all[1].outcomes.front().outputErrorStderr);
    QVERIFY(complaintOf([&] { whatIf(path, table.layers[2], {}); }).code == ErrorCode::BadInput);
    table.layers[0].layer = "renamed";
    QVERIFY(complaintOf([&] { whatIf(path, table.layers[0], {}); }).isBadInputNaming("renamed"));
}

void TstOutlierWhatIf::refusesQuestionsOutOfRange()
{
    const Subject subject = normSubject(20, 20, false);
    const std::vector<std::function<void(WhatIfQuestion &)>> spoil{
        [](WhatIfQuestion &q) { q.weightBits = 1; },
        [](WhatIfQuestion &q) { q.activationBits = 9; }, [](WhatIfQuestion &q) { q.alpha = 1.5; },
        [](WhatIfQuestion &q) { q.gainGuard = -0.1; },
        [](WhatIfQuestion &q) { q.keptShare = std::nan(""); }};
    for (const auto &change : spoil) {
        WhatIfQuestion question;
        change(question);
        QVERIFY(complaintOf([&] { whatIf(subject.samples, question); }).code
                == ErrorCode::BadInput);
    }
}

void TstOutlierWhatIf::stopsWhenAsked()
{
    std::stop_source source;
    source.request_stop();
    const Subject subject = normSubject(20, 21, false);
    QVERIFY(complaintOf([&] { whatIf(subject.samples, {}, source.get_token()); }).code
            == ErrorCode::Cancelled);
}

BITPRISM_TEST(TstOutlierWhatIf);
#include "tst_outlier_what_if.moc"
