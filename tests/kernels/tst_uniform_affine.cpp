// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/kernels/stored_array.h"
#include "core/kernels/uniform_affine.h"
#include "tests/kernels/stored_weight.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cstring>

using namespace bitprism;
using namespace bitprism::test;

namespace {

GridOptions options(RangeRule rule, int bits, std::int64_t groupSize,
                    ScaleType scaleType = ScaleType::F16)
{
    GridOptions result;
    result.rule = rule;
    result.bits = bits;
    result.groupSize = groupSize;
    result.scaleType = scaleType;
    return result;
}

std::shared_ptr<const UniformAffineWeight> quantized(const Matrix<float> &weights,
                                                     const GridOptions &gridOptions)
{
    GridSet grids = fitGrids(weights.view(), gridOptions);
    std::vector<std::uint8_t> codes(weights.values.size());
    quantizeCodes(weights.view(), grids, codes);
    return std::make_shared<UniformAffineWeight>(std::move(grids), codes);
}

std::shared_ptr<const UniformAffineWeight> withGroupMap()
{
    const auto weights = randomMatrix<float>(3, 10, 4);
    GridSet grids = fitGrids(weights.view(), options(RangeRule::GptqAsym, 3, 4));
    grids.groupOfColumn = {0, 1, 2, 0, 1, 2, 0, 1, 0, 1};
    std::vector<std::uint8_t> codes(weights.values.size());
    quantizeCodes(weights.view(), grids, codes);
    return std::make_shared<UniformAffineWeight>(std::move(grids), codes);
}

std::string hashOf(const QuantizedWeight &weight, std::string_view name = "layer")
{
    Sha256 hash;
    hashWeight(hash, name, weight);
    return hash.hex();
}

std::int64_t storedBits(const StoredArrays &arrays, const std::string &name)
{
    const auto found = arrays.find(name);
    return found == arrays.end() ? 0 : std::ssize(found->second.bytes) * 8;
}

using Damage = std::function<void(StoredArrays &)>;

} // namespace

Q_DECLARE_METATYPE(Damage)

class TstUniformAffine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesWritingAndReading_data()
    {
        QTest::addColumn<int>("rule");
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("scaleType");
        QTest::addColumn<int>("groupSize");
        const auto row = [](RangeRule rule, int bits, ScaleType type, int groupSize) {
            QTest::addRow("%s %d %s g%d", std::string(rangeRuleName(rule)).c_str(), bits,
                          std::string(scaleTypeName(type)).c_str(), groupSize)
                << int(rule) << bits << int(type) << groupSize;
        };
        for (int bits = 1; bits <= 8; ++bits) {
            row(RangeRule::GptqAsym, bits, ScaleType::F16, 16);
        }
        row(RangeRule::GptqSym, 3, ScaleType::F16, 0);
        row(RangeRule::AwqAsym, 4, ScaleType::Bf16, 16);
        row(RangeRule::OmniAsym, 2, ScaleType::F32, 16);
        row(RangeRule::OmniSym, 5, ScaleType::F32, 8);
        row(RangeRule::QuarotSym, 4, ScaleType::F16, 0);
        row(RangeRule::SmoothQuant, 8, ScaleType::F32, 0);
    }

    void survivesWritingAndReading()
    {
        QFETCH(int, rule);
        QFETCH(int, bits);
        QFETCH(int, scaleType);
        QFETCH(int, groupSize);
        auto weights = randomMatrix<float>(6, 37, 1);
        for (std::int64_t j = 0; j < 16;
             ++j) { // a one-sided group: omni zero points leave the codes
            weights(0, j) += 9;
        }
        const GridOptions gridOptions
            = options(RangeRule(rule), bits, groupSize, ScaleType(scaleType));
        const auto weight = quantized(weights, gridOptions);
        const QuantizedWeightPtr back = readBack("uniform-affine", weight->write());
        QVERIFY(valuesOf(*back) == valuesOf(*weight));
        QCOMPARE(back->bits(), bits);
        QCOMPARE(back->encodingId(), std::string("uniform-affine"));
        QCOMPARE(hashOf(*back), hashOf(*weight));
        Matrix<float> expected(6, 37);
        fakeQuantize(weights.view(), weight->grids(), expected.view());
        QVERIFY(valuesOf(*weight) == expected);
        const auto &typed = dynamic_cast<const UniformAffineWeight &>(*back);
        QVERIFY(typed.grids() == weight->grids());
        QVERIFY(typed.codes() == weight->codes());
    }

    void survivesWithAGroupMap()
    {
        const auto weight = withGroupMap();
        const QuantizedWeightPtr back = readBack("uniform-affine", weight->write());
        QVERIFY(valuesOf(*back) == valuesOf(*weight));
        QCOMPARE(back->storage().indices, std::int64_t(20)); // 10 columns, 2 bits for 3 groups
    }

    void oneGridForATensorSurvives()
    {
        GridOptions gridOptions = options(RangeRule::GptqAsym, 4, 0);
        gridOptions.granularity = Granularity::PerTensor;
        const auto weight = quantized(randomMatrix<float>(6, 8, 1), gridOptions);
        QCOMPARE(weight->storage().scales, std::int64_t(16));
        QVERIFY(valuesOf(*readBack("uniform-affine", weight->write())) == valuesOf(*weight));
    }

    void countsTheBitsOfThePapers_data() // b + (16 + zero bits) / g
    {
        QTest::addColumn<int>("rule");
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("groupSize");
        QTest::addColumn<double>("average");
        QTest::newRow("2 bits g128, scale only") << int(RangeRule::GptqSym) << 2 << 128 << 2.125;
        QTest::newRow("2 bits g128") << int(RangeRule::GptqAsym) << 2 << 128 << 2.140625;
        QTest::newRow("2 bits g64, scale only") << int(RangeRule::GptqSym) << 2 << 64 << 2.25;
        QTest::newRow("2 bits g64") << int(RangeRule::GptqAsym) << 2 << 64 << 2.28125;
        QTest::newRow("4 bits per row") << int(RangeRule::GptqAsym) << 4 << 0 << 4 + 20.0 / 512;
    }

    void countsTheBitsOfThePapers()
    {
        QFETCH(int, rule);
        QFETCH(int, bits);
        QFETCH(int, groupSize);
        QFETCH(double, average);
        const StorageBits storage
            = uniformAffineStorage(64, 512, options(RangeRule(rule), bits, groupSize));
        QCOMPARE(double(storage.total()) / (64 * 512), average);
    }

    void predictsWhatIsStored_data()
    {
        QTest::addColumn<int>("rule");
        QTest::addColumn<int>("cols");
        for (const RangeRule rule :
             {RangeRule::GptqAsym, RangeRule::GptqSym, RangeRule::OmniAsym, RangeRule::AwqAsym}) {
            for (const int cols : {64, 37}) {
                QTest::addRow("%s, %d columns", std::string(rangeRuleName(rule)).c_str(), cols)
                    << int(rule) << cols;
            }
        }
    }

    void predictsWhatIsStored()
    {
        QFETCH(int, rule);
        QFETCH(int, cols);
        constexpr std::int64_t filling = 7; // bits an array ends with at most
        for (const int bits : {2, 3, 4, 8}) {
            const GridOptions gridOptions = options(RangeRule(rule), bits, 16);
            const auto weight = quantized(randomMatrix<float>(5, cols, 1), gridOptions);
            const StorageBits predicted = uniformAffineStorage(5, cols, gridOptions);
            QCOMPARE(weight->storage().total(), predicted.total());
            const StoredArrays arrays = weight->write();
            QCOMPARE(storedBits(arrays, "scales"), predicted.scales);
            QVERIFY(storedBits(arrays, "codes") - predicted.codes <= filling);
            QVERIFY(storedBits(arrays, "codes") >= predicted.codes);
            QVERIFY(storedBits(arrays, "zero_points") - predicted.zeroPoints <= filling);
            QVERIFY(storedBits(arrays, "zero_points") >= predicted.zeroPoints);
        }
    }

    void hashesDependOnEverything()
    {
        const auto weights = randomMatrix<float>(4, 32, 1);
        const auto weight = quantized(weights, options(RangeRule::GptqAsym, 4, 16));
        QCOMPARE(hashOf(*weight).size(), std::size_t(64));
        QVERIFY(hashOf(*weight) != hashOf(*weight, "another layer"));
        QVERIFY(hashOf(*weight) != hashOf(*quantized(weights, options(RangeRule::GptqAsym, 4, 8))));
        QVERIFY(hashOf(*weight) != hashOf(*quantized(weights, options(RangeRule::AwqAsym, 4, 16))));
        std::vector<std::uint8_t> codes = weight->codes();
        codes[5] ^= 1;
        QVERIFY(hashOf(*weight) != hashOf(UniformAffineWeight(weight->grids(), codes)));
    }

    void refusesDamagedArrays_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("word");
        const auto row = [](const char *name, const char *word, const Damage &damage) {
            QTest::newRow(name) << damage << QString(word);
        };
        for (const char *name :
             {"rows", "cols", "bits", "group_size", "rule", "scales", "codes", "zero_points"}) {
            row(qPrintable(QString("no ") + name), name,
                [name](StoredArrays &arrays) { arrays.erase(name); });
            row(qPrintable(QString("short ") + name), name,
                [name](StoredArrays &arrays) { arrays[name].bytes.pop_back(); });
            row(qPrintable(QString("unknown dtype of ") + name), name,
                [name](StoredArrays &arrays) { arrays[name].dtype = "I8"; });
            row(qPrintable(QString("wrong dtype of ") + name), name, [name](StoredArrays &arrays) {
                StoredArray &array = arrays[name];
                array.dtype = array.dtype == "U8" ? "F16" : "U8";
                array.shape = {std::ssize(array.bytes) / elementBytes(array.dtype)};
                array.bytes.resize(
                    static_cast<std::size_t>(array.shape[0] * elementBytes(array.dtype)));
            });
            row(qPrintable(QString("negative shape of ") + name), name,
                [name](StoredArrays &arrays) { arrays[name].shape = {-1}; });
            row(qPrintable(QString("huge shape of ") + name), name, [name](StoredArrays &arrays) {
                arrays[name].shape = {std::int64_t(1) << 40, std::int64_t(1) << 40};
            });
        }
        row("no rows", "rows", [](StoredArrays &arrays) { arrays["rows"] = storedScalar(0); });
        row("many rows", "codes",
            [](StoredArrays &arrays) { arrays["rows"] = storedScalar(2000000000); });
        row("many columns", "codes",
            [](StoredArrays &arrays) { arrays["cols"] = storedScalar(2147483647); });
        row("nine bits", "bits", [](StoredArrays &arrays) { arrays["bits"] = storedScalar(9); });
        row("more bits", "codes", [](StoredArrays &arrays) { arrays["bits"] = storedScalar(5); });
        row("empty groups", "group_size",
            [](StoredArrays &arrays) { arrays["group_size"] = storedScalar(0); });
        row("larger groups", "scales",
            [](StoredArrays &arrays) { arrays["group_size"] = storedScalar(32); });
        row("unknown rule", "nearest",
            [](StoredArrays &arrays) { arrays["rule"] = storedText("nearest"); });
        row("long rule", "rule",
            [](StoredArrays &arrays) { arrays["rule"] = storedText(std::string(500, 'x')); });
        const auto setScale = [](float value) {
            return [value](StoredArrays &arrays) {
                std::vector<float> scales(8, 1.0F);
                scales[3] = value;
                arrays["scales"] = storedFloats(scales, {4, 2}, "F16");
            };
        };
        row("scale zero", "scales", setScale(0));
        row("negative scale", "scales", setScale(-1));
        row("infinite scale", "scales", setScale(INFINITY));
        row("scales of another shape", "scales", [](StoredArrays &arrays) {
            arrays["scales"].shape = {2, 4};
        });
        row("unknown array", "extra",
            [](StoredArrays &arrays) { arrays["extra"] = storedScalar(1); });
        row("group map too short", "codes", [](StoredArrays &arrays) {
            arrays["group_of_column"] = storedBytes(std::vector<std::byte>(3));
        });
    }

    void refusesDamagedArrays()
    {
        QFETCH(Damage, damage);
        QFETCH(QString, word);
        const auto weight
            = quantized(randomMatrix<float>(4, 32, 1), options(RangeRule::GptqAsym, 4, 16));
        StoredArrays arrays = weight->write();
        QVERIFY(readBack("uniform-affine", arrays) != nullptr);
        damage(arrays);
        try {
            readBack("uniform-affine", arrays);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains(word), error.what());
        }
    }

    void refusesGroupsThatAreNotThere()
    {
        StoredArrays arrays = withGroupMap()->write();
        arrays["group_of_column"].bytes[0] = std::byte{0xff}; // group 3 of 0 to 2
        QVERIFY_EXCEPTION_THROWN(readBack("uniform-affine", arrays), Error);
    }

    void refusesZeroPointsNoRuleGives()
    {
        const auto weight
            = quantized(randomMatrix<float>(1, 8, 1), options(RangeRule::OmniAsym, 4, 8));
        StoredArrays arrays = weight->write();
        arrays["zero_points"].bytes = {std::byte{0x00}, std::byte{0x80}};
        QVERIFY_EXCEPTION_THROWN(readBack("uniform-affine", arrays), Error);
    }

    void refusesCodesThatDoNotFitTheirBits()
    {
        GridSet grids = emptyGrids(1, 2, options(RangeRule::GptqAsym, 2, 0));
        const std::vector<std::uint8_t> codes{1, 4};
        QVERIFY_EXCEPTION_THROWN(UniformAffineWeight(grids, codes), Error);
    }
};

BITPRISM_TEST(TstUniformAffine);
#include "tst_uniform_affine.moc"
