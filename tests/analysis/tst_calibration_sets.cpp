// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/calibration_sets.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace bitprism;
using test::complaintOf;

namespace {

constexpr double setRounding = 1e-12;

/// One layer for each value, each with an input of its own.
OutlierTable tableOf(const std::string &data, const std::vector<double> &maxima)
{
    OutlierTable table;
    table.model = "/model";
    table.data = data;
    table.tokens = 100;
    for (std::size_t i = 0; i < maxima.size(); ++i) {
        LayerOutliers &layer = table.layers.emplace_back();
        layer.layer = "layer" + std::to_string(i);
        layer.maxAbs = maxima[i];
        layer.kurtosis = 10 - maxima[i];
        layer.channelMaxMedian = 2;
        layer.channelMaxAbs = {maxima[i], static_cast<double>(i)};
    }
    return table;
}

SensitivityTable sensitivityOf(const std::vector<double> &losses)
{
    SensitivityTable table;
    table.model = "/model";
    table.widths = {3, 8};
    for (std::size_t i = 0; i < losses.size(); ++i) {
        for (const int bits : table.widths) {
            SensitivityCell &cell = table.cells.emplace_back();
            cell.layer = "layer" + std::to_string(i);
            cell.bits = bits;
            cell.klDivergence = bits == 3 ? losses[i] : 1 - losses[i];
        }
    }
    return table;
}

} // namespace

class TstCalibrationSets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rankingsAreComparedByKendallsTau();
    void theStandardErrorIsAJackknife();
    void layersOfOneInputCountOnce();
    void onlyCommonLayersCount();
    void aConstantSideHasNoTau();
    void sensitivitiesAreComparedAtOneWidth();
    void refusesWhatCannotBeCompared();
};

void TstCalibrationSets::rankingsAreComparedByKendallsTau()
{
    const OutlierTable a = tableOf("/a", {1, 2, 3, 4, 5});
    const OutlierTable b = tableOf("/b", {2, 1, 3, 5, 4}); // two of ten pairs turned: 1 - 4/10
    const OutlierTable c = tableOf("/c", {5, 4, 3, 2, 1});
    const std::vector<const OutlierTable *> tables{&a, &b, &c};
    const CalibrationSets found = compareCalibrationSets(tables, "max_abs");
    QCOMPARE(found.layers.size(), std::size_t(5));
    QCOMPARE(found.sets.size(), std::size_t(3));
    QCOMPARE(found.sets[1].data, std::string("/b"));
    QCOMPARE(found.sets[1].values, (std::vector<double>{2, 1, 3, 5, 4}));
    QCOMPARE(found.pairs.size(), std::size_t(3));
    QVERIFY(std::fabs(*found.pairs[0].tau - 0.6) < setRounding);
    QVERIFY(std::fabs(*found.pairs[1].tau + 1.0) < setRounding);
    QVERIFY(std::fabs(*found.pairs[2].tau + 0.6) < setRounding);
    QVERIFY(std::fabs(*found.meanTau + 1.0 / 3) < setRounding);
    // Kurtosis falls where the maximum grows: the same agreement.
    QVERIFY(std::fabs(*compareCalibrationSets(tables, "kurtosis").pairs[0].tau - 0.6)
            < setRounding);
}

void TstCalibrationSets::theStandardErrorIsAJackknife()
{
    const OutlierTable a = tableOf("/a", {1, 2, 3, 4});
    const OutlierTable b = tableOf("/b", {2, 1, 3, 4});
    const std::vector<const OutlierTable *> tables{&a, &b};
    const CalibrationSets found = compareCalibrationSets(tables, "max_abs");
    // Without layer 0 or 1 tau is 1, without 2 or 3 it is 1/3; mean 2/3; sqrt(3/4 * 4/9).
    QVERIFY(std::fabs(*found.pairs[0].standardError - std::sqrt(1.0 / 3)) < setRounding);
    QVERIFY(std::fabs(*found.meanTauStderr - std::sqrt(1.0 / 3)) < setRounding);
    const OutlierTable c = tableOf("/c", {1, 2, 3});
    const std::vector<const OutlierTable *> few{&c, &c};
    QVERIFY(!compareCalibrationSets(few, "max_abs").pairs[0].standardError);
    QVERIFY(std::fabs(*compareCalibrationSets(few, "max_abs").meanTau - 1) < setRounding);
}

void TstCalibrationSets::layersOfOneInputCountOnce()
{
    OutlierTable a = tableOf("/a", {1, 2, 3});
    a.layers.insert(a.layers.begin() + 1, a.layers[0]);
    a.layers[1].layer = "key of the same input";
    const std::vector<const OutlierTable *> tables{&a, &a};
    const CalibrationSets found = compareCalibrationSets(tables, "outlier_ratio");
    QCOMPARE(found.layers, (std::vector<std::string>{"layer0", "layer1", "layer2"}));
    QCOMPARE(found.sets[0].values, (std::vector<double>{0.5, 1, 1.5}));
}

void TstCalibrationSets::onlyCommonLayersCount()
{
    const OutlierTable a = tableOf("/a", {1, 2, 3, 4});
    OutlierTable b = tableOf("/b", {1, 2, 3}); // stopped early
    b.layers[0].maxAbs = std::nan("");
    const std::vector<const OutlierTable *> tables{&a, &b};
    QCOMPARE(compareCalibrationSets(tables, "max_abs").layers,
             (std::vector<std::string>{"layer1", "layer2"}));
}

void TstCalibrationSets::aConstantSideHasNoTau()
{
    const OutlierTable a = tableOf("/a", {1, 2, 3, 4});
    const OutlierTable b = tableOf("/b", {2, 2, 2, 2});
    const std::vector<const OutlierTable *> tables{&a, &b};
    const CalibrationSets found = compareCalibrationSets(tables, "max_abs");
    QVERIFY(!found.pairs[0].tau && !found.pairs[0].standardError);
    QVERIFY(!found.meanTau && !found.meanTauStderr);
}

void TstCalibrationSets::sensitivitiesAreComparedAtOneWidth()
{
    const SensitivityTable a = sensitivityOf({0.1, 0.2, 0.3, 0.4});
    SensitivityTable b = sensitivityOf({0.1, 0.3, 0.2, 0.4});
    const std::vector<const SensitivityTable *> tables{&a, &b};
    const CalibrationSets few = compareCalibrationSets(tables, "kl_divergence");
    QCOMPARE(few.sets[0].values, (std::vector<double>{0.1, 0.2, 0.3, 0.4})); // at 3 bits
    QVERIFY(std::fabs(*few.pairs[0].tau - 2.0 / 3) < setRounding);
    QCOMPARE(compareCalibrationSets(tables, "kl_divergence", 8).sets[0].values.front(), 0.9);
    b.widths = {8};
    QCOMPARE(compareCalibrationSets(tables, "kl_divergence").sets[0].values.front(), 0.9);
    QVERIFY(complaintOf([&] {
                compareCalibrationSets(tables, "delta_nll");
            }).isBadInputNaming("delta_nll"));
    QVERIFY(complaintOf([&] {
                compareCalibrationSets(tables, "kl_divergence", 4);
            }).isBadInputNaming("4 bits"));
}

void TstCalibrationSets::refusesWhatCannotBeCompared()
{
    const OutlierTable a = tableOf("/a", {1, 2, 3});
    OutlierTable other = a;
    other.model = "/another";
    const std::vector<const OutlierTable *> one{&a};
    const std::vector<const OutlierTable *> two{&a, &other};
    const std::vector<const OutlierTable *> same{&a, &a};
    QVERIFY(complaintOf([&] { compareCalibrationSets(one, "max_abs"); }).isBadInputNaming("two"));
    QVERIFY(
        complaintOf([&] { compareCalibrationSets(two, "max_abs"); }).isBadInputNaming("/another"));
    QVERIFY(complaintOf([&] {
                compareCalibrationSets(same, "size");
            }).isBadInputNaming("outlier_ratio"));
    QCOMPARE(outlierMetrics().size(), std::size_t(4));
}

BITPRISM_TEST(TstCalibrationSets);
#include "tst_calibration_sets.moc"
