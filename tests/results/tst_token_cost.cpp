// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/token_cost.h"
#include "tests/support/test_main.h"

using namespace bitprism;

namespace {

/// One block of hidden size 4 and a head of 10 tokens, at a context of 3.
ModelInfo toyInfo()
{
    ModelInfo info;
    info.contextLength = 3;
    info.hiddenSize = 4;
    const auto add = [&](const char *name, const char *kind, int block, int rows, int cols) {
        LayerInfo layer;
        layer.name = name;
        layer.kind = kind;
        layer.block = block;
        layer.rows = rows;
        layer.cols = cols;
        info.layers.push_back(layer);
    };
    add("embedding", "embedding", -1, 10, 4);
    add("query", "attention_query", 0, 4, 4);
    add("key", "attention_key", 0, 2, 4);
    add("value", "attention_value", 0, 2, 4);
    add("head", "head", -1, 10, 4);
    info.norms.push_back({"norm", "", false, 0, 0, true});
    return info;
}

constexpr double weights = 4 * 4 + 2 * 4 + 2 * 4; // of the block's layers
constexpr double headWeights = 10 * 4;
constexpr double products = 2 * 4 * 3; // queries with keys, probabilities with values

} // namespace

class TstTokenCost : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fullWidthCountsSixteenBits();
    void operationsScaleWithBothWidths_data();
    void operationsScaleWithBothWidths();
    void theCacheHasItsOwnWidth();
    void aTiedEmbeddingCountsAsHead();
};

void TstTokenCost::fullWidthCountsSixteenBits()
{
    const TokenCost cost = modelCost(toyInfo(), [](const LayerInfo &) { return nullptr; });
    QCOMPARE(cost.bitOperations, (weights + headWeights + products) * 256);
    const double activations = (4 + 4) + 2 * (2 + 4) + (10 + 4);
    const double cache = (2 + 2) * (3 + 1);
    const double norm = 4;
    const double embeddingRow = 4;
    QCOMPARE(cost.ioBytes, 2 * (weights + headWeights + activations + cache + norm + embeddingRow));
    // Said explicitly, the same (edge-asr.md, invariant 9).
    LayerWidth width;
    const TokenCost said = modelCost(toyInfo(), [&](const LayerInfo &layer) {
        width.storageBits = 16 * layer.rows * layer.cols;
        return &width;
    });
    QCOMPARE(said.ioBytes, cost.ioBytes);
    QCOMPARE(said.bitOperations, cost.bitOperations);
}

void TstTokenCost::operationsScaleWithBothWidths_data()
{
    QTest::addColumn<int>("weightBits");
    QTest::addColumn<int>("activationBits");
    QTest::newRow("W4A8") << 4 << 8;
    QTest::newRow("W8A8") << 8 << 8;
    QTest::newRow("W3A16") << 3 << 16;
}

void TstTokenCost::operationsScaleWithBothWidths()
{
    QFETCH(int, weightBits);
    QFETCH(int, activationBits);
    LayerWidth width;
    width.weightBits = weightBits;
    width.activationBits = activationBits;
    const TokenCost cost = modelCost(toyInfo(), [&](const LayerInfo &layer) -> const LayerWidth * {
        width.storageBits = weightBits * layer.rows * layer.cols;
        return layer.block >= 0 ? &width : nullptr;
    });
    QCOMPARE(cost.bitOperations,
             weights * weightBits * activationBits + (headWeights + products) * 256);
}

void TstTokenCost::theCacheHasItsOwnWidth()
{
    const auto none = [](const LayerInfo &) { return nullptr; };
    const TokenCost full = modelCost(toyInfo(), none);
    // Grids take 3 bits a key and 1 a value: they are moved, not multiplied.
    const TokenCost half = modelCost(toyInfo(), none, CacheWidth{8, 4, 11, 5});
    QCOMPARE(full.bitOperations - half.bitOperations, products / 2 * 16 * (8 + 12));
    QCOMPARE(full.ioBytes - half.ioBytes, 2 * 4 * (5 + 11) / 8.0);
    // Queries and probabilities of 8 bits.
    const TokenCost rounded = modelCost(toyInfo(), none, {}, 8);
    QCOMPARE(full.bitOperations - rounded.bitOperations, products * 8 * 16);
    QCOMPARE(rounded.ioBytes, full.ioBytes);
}

void TstTokenCost::aTiedEmbeddingCountsAsHead()
{
    ModelInfo tied = toyInfo();
    tied.layers.pop_back();
    tied.hasTiedHead = true;
    const auto none = [](const LayerInfo &) { return nullptr; };
    QCOMPARE(modelCost(tied, none).bitOperations, modelCost(toyInfo(), none).bitOperations);
}

BITPRISM_TEST(TstTokenCost);
#include "tst_token_cost.moc"
