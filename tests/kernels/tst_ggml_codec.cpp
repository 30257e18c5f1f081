// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/kernels/ggml_blocks.h"
#include "core/kernels/ggml_codec.h"
#include "core/kernels/processor.h"
#include "core/kernels/stored_array.h"
#include "tests/kernels/ggml_reference.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <bit>
#include <cstring>
#include <limits>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr GgmlType blockTypes[]
    = {GgmlType::Q4_0, GgmlType::Q5_0, GgmlType::Q5_1, GgmlType::Q8_0, GgmlType::Iq4Nl,
       GgmlType::Q2K,  GgmlType::Q3K,  GgmlType::Q4K,  GgmlType::Q5K,  GgmlType::Q6K};

const char *nameOf(GgmlType type) { return ggmlTypeInfo(type).name.data(); }

void addTypes()
{
    QTest::addColumn<int>("typeIndex");
    for (std::size_t i = 0; i < std::size(blockTypes); ++i) {
        QTest::newRow(nameOf(blockTypes[i])) << static_cast<int>(i);
    }
}

Matrix<float> decoded(GgmlType type, const std::vector<std::byte> &blocks, std::int64_t rows,
                      std::int64_t cols)
{
    Matrix<float> result(rows, cols);
    decodeGgml(type, blocks, result.view());
    return result;
}

Matrix<float> throughBlocks(GgmlType type, const Matrix<float> &weights,
                            std::span<const float> importance = {})
{
    return decoded(type, encodeGgml(type, weights.view(), importance), weights.rows, weights.cols);
}

double squaredError(const Matrix<float> &a, const Matrix<float> &b,
                    std::span<const float> importance = {})
{
    double sum = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        const double weight = importance.empty()
            ? 1.0
            : static_cast<double>(importance[i % static_cast<std::size_t>(a.cols)]);
        sum += weight
            * squared(static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]));
    }
    return sum;
}

/// Weights of several kinds: normal, heavy-tailed, with rare outliers.
Matrix<float> weightsOf(const std::string &kind, std::int64_t rows, std::int64_t cols,
                        std::uint64_t seed)
{
    Random random(seed, "weights");
    Matrix<float> weights(rows, cols);
    for (float &value : weights.values) {
        double w = 0.02 * random.normal();
        if (kind == "heavy tails") {
            w *= std::exp(0.7 * random.normal());
        } else if (kind == "outliers" && random.below(64) == 0) {
            w *= 10;
        } else if (kind == "one-sided") {
            w = 0.01 + std::abs(w);
        }
        value = static_cast<float>(w);
    }
    return weights;
}

/// Bytes of a linear congruential generator, as in tests/data/reference/ggml_decode.py.
std::vector<std::byte> pseudoRandomBlocks(GgmlType type, int count)
{
    const GgmlTypeInfo &info = ggmlTypeInfo(type);
    const std::map<GgmlType, std::vector<int>> highBytesOfHalves{
        {GgmlType::Q5_1, {1, 3}}, {GgmlType::Q2K, {81, 83}}, {GgmlType::Q3K, {109}},
        {GgmlType::Q4K, {1, 3}},  {GgmlType::Q5K, {1, 3}},   {GgmlType::Q6K, {209}}};
    const auto found = highBytesOfHalves.find(type);
    const std::vector<int> highBytes
        = found == highBytesOfHalves.end() ? std::vector<int>{1} : found->second;
    std::uint32_t state = 12345;
    std::vector<std::byte> bytes;
    for (int block = 0; block < count; ++block) {
        for (int i = 0; i < info.blockBytes; ++i) {
            state = state * 1664525U + 1013904223U;
            bytes.push_back(static_cast<std::byte>(state >> 24));
        }
        for (const int place : highBytes) { // finite, below 2
            bytes[bytes.size() - static_cast<std::size_t>(info.blockBytes - place)]
                &= std::byte(0xbf);
        }
    }
    return bytes;
}

std::uint64_t hashOf(const std::vector<float> &values)
{
    std::uint64_t hash = 14695981039346656037U;
    for (const float value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        for (int k = 0; k < 4; ++k) {
            hash = (hash ^ ((bits >> (8 * k)) & 255U)) * 1099511628211U;
        }
    }
    return hash;
}

std::vector<std::byte> bytesOf(std::initializer_list<int> values)
{
    std::vector<std::byte> bytes;
    for (const int value : values) {
        bytes.push_back(static_cast<std::byte>(value));
    }
    return bytes;
}

QuantizedWeightPtr readBack(const StoredArrays &arrays)
{
    return create<Encoding>("ggml-blocks", Json::object(), "test")->read(arrays, "layer 3");
}

} // namespace

class TstGgmlCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodesAsPublished_data();
    void decodesAsPublished();
    void publishedVectors();
    void zerosStayZeros_data() { addTypes(); }
    void zerosStayZeros();
    void errsNoMoreThanTheReference_data();
    void errsNoMoreThanTheReference();
    void blocksThatWereDecodedEncodeWithoutLoss_data() { addTypes(); }
    void blocksThatWereDecodedEncodeWithoutLoss();
    void importancePullsErrorAway_data() { addTypes(); }
    void importancePullsErrorAway();
    void scalingByPowersOfTwoIsExact_data() { addTypes(); }
    void scalingByPowersOfTwoIsExact();
    void avx2GivesTheSameBits_data();
    void avx2GivesTheSameBits();
    void threadsGiveTheSameBits();
    void hardValuesAreFinite_data();
    void hardValuesAreFinite();
    void namesWhatCannotBeStored();
    void halvesAreRounded();
    void smallerBlocksWhereRowsDemand();
    void storageIsExact_data() { addTypes(); }
    void storageIsExact();
    void survivesItsArrays();
    void refusesDamagedArrays_data();
    void refusesDamagedArrays();
};

void TstGgmlCodec::decodesAsPublished_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<quint64>("expected");
    const std::pair<const char *, std::uint64_t> golden[]
        = {{"q4_0", 0xf81e5f9fd33dc75eU},   {"q5_0", 0x849c848cff4f9701U},
           {"q5_1", 0x904bc1e57443dcaeU},   {"q8_0", 0xcd1601a87c43c51dU},
           {"iq4_nl", 0x7add2a33ccceff8dU}, {"q2_k", 0xc70a8da74637db28U},
           {"q3_k", 0xbf3981b2b64a8e15U},   {"q4_k", 0xd98d5ab15602328bU},
           {"q5_k", 0xa3e295e9335cf8bfU},   {"q6_k", 0x5c906d3dfb9ef64fU}};
    for (const auto &[name, hash] : golden) {
        QTest::newRow(name) << QString(name) << quint64(hash);
    }
}

void TstGgmlCodec::decodesAsPublished()
{
    QFETCH(QString, name);
    QFETCH(quint64, expected);
    const GgmlType type = ggmlTypeFromName(name.toStdString()).value();
    constexpr int blocks = 64;
    const Matrix<float> weights = decoded(type, pseudoRandomBlocks(type, blocks), 4,
                                          blocks / 4 * ggmlTypeInfo(type).blockWeights);
    QCOMPARE(quint64(hashOf(weights.values)), expected);
}

void TstGgmlCodec::publishedVectors()
{
    // Q4_0 of -8 .. 7 twice: d = 1, codes 0 .. 15 in both halves.
    Matrix<float> ladder(1, 32);
    for (int i = 0; i < 32; ++i) {
        ladder(0, i) = static_cast<float>(i % 16 - 8);
    }
    const std::vector<std::byte> blocks = encodeGgml(GgmlType::Q4_0, ladder.view());
    std::vector<std::byte> expected = bytesOf({0x00, 0x3c});
    for (int i = 0; i < 16; ++i) {
        expected.push_back(static_cast<std::byte>(i << 4 | i));
    }
    QVERIFY(blocks == expected);

    // Scales k + 1 and minima 2k + 1 of Q4_K, with d = dmin = 1 and codes 1.
    std::vector<std::byte> block = bytesOf({0x00, 0x3c, 0x00, 0x3c, 0x01, 0x02, 0x03, 0x04, 0x01,
                                            0x03, 0x05, 0x07, 0x95, 0xb6, 0xd7, 0xf8});
    block.resize(144, std::byte(0x11));
    const Matrix<float> weights = decoded(GgmlType::Q4K, block, 1, 256);
    for (int i = 0; i < 256; ++i) {
        QCOMPARE(weights(0, i), static_cast<float>((i / 32 + 1) - (2 * (i / 32) + 1)));
    }
}

void TstGgmlCodec::zerosStayZeros()
{
    QFETCH(int, typeIndex);
    const Matrix<float> zeros(2, 256);
    const Matrix<float> result = throughBlocks(blockTypes[typeIndex], zeros);
    QVERIFY(result == zeros);
}

void TstGgmlCodec::errsNoMoreThanTheReference_data()
{
    QTest::addColumn<int>("typeIndex");
    QTest::addColumn<QString>("kind");
    for (std::size_t i = 0; i < std::size(blockTypes); ++i) {
        if (blockTypes[i] == GgmlType::Q5_0 || blockTypes[i] == GgmlType::Q5_1) {
            continue; // for fallbacks only
        }
        for (const char *kind : {"normal", "heavy tails", "outliers", "one-sided"}) {
            QTest::addRow("%s %s", nameOf(blockTypes[i]), kind) << static_cast<int>(i) << kind;
        }
    }
}

void TstGgmlCodec::errsNoMoreThanTheReference()
{
    QFETCH(int, typeIndex);
    QFETCH(QString, kind);
    const GgmlType type = blockTypes[typeIndex];
    const Matrix<float> weights = weightsOf(kind.toStdString(), 16, 1024, 11);
    const double error = squaredError(throughBlocks(type, weights), weights);
    double reference = 0;
    for (std::size_t i = 0; i < weights.values.size();
         i += static_cast<std::size_t>(ggmlTypeInfo(type).blockWeights)) {
        reference += referenceError(type, weights.values.data() + i);
    }
    QVERIFY2(error <= reference, qPrintable(QString("%1 against %2").arg(error).arg(reference)));
}

void TstGgmlCodec::blocksThatWereDecodedEncodeWithoutLoss()
{
    QFETCH(int, typeIndex);
    // Scales of random bytes span their whole range, so that small ones are found again only as
    // well as the large ones allow.
    constexpr double largestLoss = 2e-3;
    const GgmlType type = blockTypes[typeIndex];
    const Matrix<float> once = throughBlocks(type, weightsOf("normal", 4, 512, 3));
    const Matrix<float> twice = throughBlocks(type, once);
    const Matrix<float> zeros(once.rows, once.cols);
    QVERIFY(squaredError(twice, once) <= largestLoss * squaredError(once, zeros));
}

void TstGgmlCodec::importancePullsErrorAway()
{
    QFETCH(int, typeIndex);
    const GgmlType type = blockTypes[typeIndex];
    const Matrix<float> weights = weightsOf("normal", 16, 512, 5);
    Random random(6, "importance");
    std::vector<float> importance;
    for (int j = 0; j < 512; ++j) {
        importance.push_back(j % 7 == 0 ? 0 : static_cast<float>(std::exp(2 * random.normal())));
    }
    const double plain = squaredError(throughBlocks(type, weights), weights, importance);
    const double weighted
        = squaredError(throughBlocks(type, weights, importance), weights, importance);
    QVERIFY2(weighted < plain, qPrintable(QString("%1 against %2").arg(weighted).arg(plain)));
    // Only the proportions of importances matter.
    const std::vector<float> none(512, 0.0F);
    const std::vector<float> equal(512, 4.0F);
    const auto blocks = encodeGgml(type, weights.view());
    QVERIFY(encodeGgml(type, weights.view(), equal) == blocks);
    QVERIFY(encodeGgml(type, weights.view(), none) == blocks);
}

void TstGgmlCodec::scalingByPowersOfTwoIsExact()
{
    QFETCH(int, typeIndex);
    const GgmlType type = blockTypes[typeIndex];
    Matrix<float> weights = weightsOf("heavy tails", 2, 512, 8);
    for (float &value : weights.values) {
        value *= 64; // every scale is a normal half here and below
    }
    const Matrix<float> result = throughBlocks(type, weights);
    Matrix<float> larger = weights;
    for (float &value : larger.values) {
        value *= 8;
    }
    Matrix<float> expected = result;
    for (float &value : expected.values) {
        value *= 8;
    }
    QVERIFY(throughBlocks(type, larger) == expected);
}

void TstGgmlCodec::avx2GivesTheSameBits_data()
{
    QTest::addColumn<int>("typeIndex");
    QTest::addColumn<QString>("kind");
    for (std::size_t i = 0; i < std::size(blockTypes); ++i) {
        for (const char *kind :
             {"normal", "heavy tails", "one-sided", "constant", "huge", "tiny", "zeros", "few"}) {
            QTest::addRow("%s %s", nameOf(blockTypes[i]), kind) << static_cast<int>(i) << kind;
        }
    }
}

void TstGgmlCodec::avx2GivesTheSameBits()
{
    QFETCH(int, typeIndex);
    QFETCH(QString, kind);
    if (!hasAvx2()) {
        QSKIP("This processor has no AVX2.");
    }
    const GgmlType type = blockTypes[typeIndex];
    // Ragged: blocks of 32 do not fill the last tile.
    const std::int64_t cols = ggmlTypeInfo(type).blockWeights == 32 ? 96 : 512;
    Matrix<float> weights = weightsOf(kind.toStdString(), 5, cols, 9);
    for (std::size_t i = 0; i < weights.values.size(); ++i) {
        float &value = weights.values[i];
        if (kind == "constant") {
            value = 0.3F;
        } else if (kind == "huge") {
            value *= 1e5F;
        } else if (kind == "tiny") {
            value *= 1e-38F;
        } else if (kind == "zeros" || (kind == "few" && i % 37 != 0)) {
            value = 0;
        }
    }
    std::vector<float> importance;
    Random random(10, "importance");
    for (std::int64_t j = 0; j < cols; ++j) {
        importance.push_back(static_cast<float>(random.uniform()));
    }
    for (const std::span<const float> weight :
         {std::span<const float>(), std::span<const float>(importance)}) {
        QVERIFY(encodeGgml(type, weights.view(), weight, {}, ggml::plainKernels())
                == encodeGgml(type, weights.view(), weight, {}, *ggml::avx2Kernels()));
    }
}

void TstGgmlCodec::threadsGiveTheSameBits()
{
    const Matrix<float> weights = weightsOf("normal", 64, 1024, 12);
    const int before = threadCount();
    setThreadCount(1);
    const auto one = encodeGgml(GgmlType::Q4K, weights.view());
    setThreadCount(3);
    const auto three = encodeGgml(GgmlType::Q4K, weights.view());
    setThreadCount(before);
    QVERIFY(one == three);
}

void TstGgmlCodec::hardValuesAreFinite_data()
{
    QTest::addColumn<int>("typeIndex");
    QTest::addColumn<double>("size");
    for (std::size_t i = 0; i < std::size(blockTypes); ++i) {
        for (const double size : {1e-44, 1e-38, 1e-30, 1e-7, 1e4}) {
            QTest::addRow("%s %g", nameOf(blockTypes[i]), size) << static_cast<int>(i) << size;
        }
    }
}

void TstGgmlCodec::hardValuesAreFinite()
{
    QFETCH(int, typeIndex);
    QFETCH(double, size);
    const GgmlType type = blockTypes[typeIndex];
    Matrix<float> weights(1, 256);
    double squares = 0;
    for (int i = 0; i < 256; ++i) {
        weights(0, i) = static_cast<float>(size * (i % 5 - 2));
        squares += squared(static_cast<double>(weights(0, i)));
    }
    const Matrix<float> result = throughBlocks(type, weights);
    QVERIFY(std::isfinite(squaredError(result, weights)));
    if (size >= 1e-5) { // below, F16 has no scale for it
        QVERIFY(squaredError(result, weights) < 0.1 * squares);
    } else {
        QVERIFY(std::sqrt(squaredError(result, weights)) < 1e-4);
    }
}

void TstGgmlCodec::namesWhatCannotBeStored()
{
    for (const GgmlType type : blockTypes) {
        Matrix<float> weights = weightsOf("normal", 2, 256, 1);
        weights(1, 17) = std::numeric_limits<float>::quiet_NaN();
        QVERIFY2(
            complaintOf([&] { encodeGgml(type, weights.view()); }).isBadInputNaming("not finite"),
            nameOf(type));
        weights(1, 17) = 1e30F;
        QVERIFY2(
            complaintOf([&] { encodeGgml(type, weights.view()); }).isBadInputNaming("too large"),
            nameOf(type));
    }
    const Matrix<float> weights = weightsOf("normal", 2, 256, 1);
    std::vector<float> importance(256, 1.0F);
    importance[3] = std::numeric_limits<float>::infinity();
    QVERIFY(complaintOf([&] {
                encodeGgml(GgmlType::Q4K, weights.view(), importance);
            }).isBadInputNaming("mean square"));
}

void TstGgmlCodec::halvesAreRounded()
{
    Matrix<float> weights(2, 3);
    weights.values = {1, -0.1F, 65504, 3e-8F, 0, 1e-9F};
    const Matrix<float> result = throughBlocks(GgmlType::F16, weights);
    for (std::size_t i = 0; i < weights.values.size(); ++i) {
        QCOMPARE(result.values[i], roundToHalf(weights.values[i]));
    }
    weights(0, 0) = 70000;
    QVERIFY(
        complaintOf([&] { encodeGgml(GgmlType::F16, weights.view()); }).isBadInputNaming("F16"));
}

void TstGgmlCodec::smallerBlocksWhereRowsDemand()
{
    QVERIFY(ggmlTypeThatFits(GgmlType::Q4K, 512) == GgmlType::Q4K);
    QVERIFY(ggmlTypeThatFits(GgmlType::Q2K, 896) == GgmlType::Q4_0);
    QVERIFY(ggmlTypeThatFits(GgmlType::Q3K, 960) == GgmlType::Q4_0);
    QVERIFY(ggmlTypeThatFits(GgmlType::Q4K, 1152) == GgmlType::Q5_0);
    QVERIFY(ggmlTypeThatFits(GgmlType::Q5K, 2880) == GgmlType::Q5_1);
    QVERIFY(ggmlTypeThatFits(GgmlType::Q6K, 64) == GgmlType::Q8_0);
    QVERIFY(ggmlTypeThatFits(GgmlType::Q6K, 172) == GgmlType::F16);
    QVERIFY(ggmlTypeThatFits(GgmlType::Iq4Nl, 100) == GgmlType::F16);
}

void TstGgmlCodec::storageIsExact()
{
    QFETCH(int, typeIndex);
    const GgmlType type = blockTypes[typeIndex];
    const Matrix<float> weights = weightsOf("normal", 3, 768, 2);
    const auto blocks = encodeGgml(type, weights.view());
    const GgmlWeight weight(type, 3, 768, blocks);
    QCOMPARE(weight.storage().total(), std::int64_t(8 * blocks.size()));
    QCOMPARE(weight.storage().total(), ggmlStorage(type, 3, 768).total());
    QCOMPARE(weight.storage().codes, std::int64_t(3 * 768 * weight.bits()));
}

void TstGgmlCodec::survivesItsArrays()
{
    for (const GgmlType type : blockTypes) {
        const Matrix<float> weights = weightsOf("normal", 3, 512, 4);
        const auto blocks = encodeGgml(type, weights.view());
        const GgmlWeight weight(type, 3, 512, blocks);
        // What a GGUF file holds.
        QVERIFY(weight.write().at("blocks").bytes == blocks);
        const QuantizedWeightPtr back = readBack(weight.write());
        QCOMPARE(back->rows(), std::int64_t(3));
        QCOMPARE(back->cols(), std::int64_t(512));
        Matrix<float> values(3, 512);
        back->dequantize(values.values);
        QVERIFY(values == decoded(type, blocks, 3, 512));
    }
}

void TstGgmlCodec::refusesDamagedArrays_data()
{
    QTest::addColumn<QString>("array");
    QTest::addColumn<QString>("damage");
    QTest::addColumn<QString>("words");
    const auto add = [](const char *array, const char *damage, const char *words) {
        QTest::addRow("%s %s", array, damage) << array << damage << words;
    };
    for (const char *array : {"type", "rows", "cols", "blocks"}) {
        add(array, "missing", array);
    }
    add("type", "unknown", "type");
    add("rows", "zero", "rows");
    add("rows", "other", "blocks");
    add("cols", "ragged", "cols");
    add("cols", "other", "blocks");
    add("blocks", "short", "blocks");
    add("surplus", "added", "surplus");
}

void TstGgmlCodec::refusesDamagedArrays()
{
    QFETCH(QString, array);
    QFETCH(QString, damage);
    QFETCH(QString, words);
    const Matrix<float> weights = weightsOf("normal", 3, 512, 4);
    StoredArrays arrays
        = GgmlWeight(GgmlType::Q4K, 3, 512, encodeGgml(GgmlType::Q4K, weights.view())).write();
    const std::string name = array.toStdString();
    if (damage == "missing") {
        arrays.erase(name);
    } else if (damage == "unknown") {
        arrays[name] = storedText("q9_k");
    } else if (damage == "zero") {
        arrays[name] = storedScalar(0);
    } else if (damage == "ragged") {
        arrays[name] = storedScalar(500);
    } else if (damage == "other") {
        arrays[name] = storedScalar(256);
    } else if (damage == "short") {
        std::vector<std::byte> bytes = arrays[name].bytes;
        bytes.pop_back();
        arrays[name] = storedBytes(bytes);
    } else {
        arrays[name] = storedScalar(1);
    }
    const Complaint complaint = complaintOf([&] { readBack(arrays); });
    QVERIFY2(complaint.isBadInputNaming(words.toStdString())
                 && complaint.text.find("layer 3") != std::string::npos,
             complaint.text.c_str());
}

BITPRISM_TEST(TstGgmlCodec);
#include "tst_ggml_codec.moc"
