// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_weights.h"
#include "core/families/describe.h"
#include "core/io/checkpoint.h"
#include "core/kernels/uniform_quantizer.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"

#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

using namespace bitprism;

/// The grid that is drawn over a layer's weights.
class TstLayerWeights : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        test::writeToyLlama(path());
        m_layer = *describeModel(path()).findLayer("model.layers.0.mlp.down_proj");
    }

    void levelsAreThoseThatTheQuantizerFits_data()
    {
        QTest::addColumn<QString>("params");
        QTest::newRow("groups") << R"({"bits": 3, "group_size": 8})";
        QTest::newRow("whole rows") << R"({"bits": 3, "group_size": 0})";
        QTest::newRow("symmetric") << R"({"bits": 4, "group_size": 16, "symmetric": true})";
        QTest::newRow("clipped") << R"({"bits": 2, "group_size": 16, "clip_search": "power-norm"})";
        QTest::newRow("f32") << R"({"bits": 4, "group_size": 16, "scale_type": "f32"})";
    }

    void levelsAreThoseThatTheQuantizerFits()
    {
        QFETCH(QString, params);
        const Json given = Json::parse(params.toStdString());
        const LayerWeights shown = read("rtn", given);
        GridOptions options;
        options.bits = given["bits"];
        options.groupSize = given["group_size"];
        options.rule = given.value("symmetric", false) ? RangeRule::GptqSym : RangeRule::GptqAsym;
        options.clip = clipSearchFromName(given.value("clip_search", std::string("none")));
        options.scaleType = scaleTypeFromName(given.value("scale_type", std::string("f16")));
        const std::vector<float> weights = io::Checkpoint(path()).readFloat(m_layer.tensor);
        const GridSet grids = fitGrids({weights.data(), m_layer.rows, m_layer.cols}, options);
        QCOMPARE(shown.levels.size(), std::size_t(1) << options.bits);
        const auto isShown = [&](std::size_t grid) {
            for (std::size_t code = 0; code < shown.levels.size(); ++code) {
                const double level = static_cast<double>(grids.scales[grid])
                    * (static_cast<double>(code) - grids.zeroPoints[grid]);
                if (shown.levels[code] != level) {
                    return false;
                }
            }
            return true;
        };
        bool isFitted = false;
        for (std::size_t grid = 0; grid < grids.scales.size(); ++grid) {
            isFitted = isFitted || isShown(grid);
        }
        QVERIFY(isFitted);
    }

    /// Better no grid than one that the run will not have.
    void gridsThatDataDecideAreNotDrawn()
    {
        for (const char *id : {"awq", "spqr", "omniquant-clip", "high-impact-mixed", "ggml-q4-k",
                               "squeezellm", "top-k"}) {
            const LayerWeights shown = read(id, {{"bits", 4}});
            QVERIFY2(shown.levels.empty(), id);
            QVERIFY(!shown.histogram.counts.empty());
        }
    }

private:
    std::string path() const { return m_folder->path().toStdString(); }
    LayerWeights read(const std::string &id, const Json &params) const
    {
        ResolvedLayer resolved;
        resolved.weights = {id, params.dump()};
        resolved.bits = params.value("bits", 0);
        return readLayerWeights(path(), m_layer, resolved);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    LayerInfo m_layer;
};

BITPRISM_TEST(TstLayerWeights);
#include "tst_layer_weights.moc"
