// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/llama_config.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using test::Complaint;
using test::complaintOf;

namespace {

/// A small valid configuration with `changes` merged in; null removes a key.
LlamaConfig configWith(const char *changes)
{
    Json json = Json::parse(R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 172,
        "num_hidden_layers": 5, "num_attention_heads": 8, "num_key_value_heads": 4,
        "vocab_size": 512, "max_position_embeddings": 512, "rms_norm_eps": 1e-5,
        "hidden_act": "silu", "bos_token_id": 1, "eos_token_id": [2, 3, 9999]})");
    json.merge_patch(Json::parse(changes));
    return LlamaConfig::read(json, "m/config.json");
}

using Windows = std::vector<std::int64_t>;

} // namespace

class TstLlamaConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsSizesAndDefaults()
    {
        const LlamaConfig config = configWith("{}");
        QCOMPARE(config.headSize, std::int64_t{8});
        QCOMPARE(config.keyValueRows(), std::int64_t{32});
        QCOMPARE(config.queryRows(), std::int64_t{64});
        QCOMPARE(config.ropeTheta, 10000.0);
        QCOMPARE(config.bosToken, std::int64_t{1});
        QVERIFY(config.eosTokens == (Windows{2, 3}));
        QVERIFY(!config.hasTiedHead && !config.hasQkvBias && !config.hasQueryKeyNorm);
        QCOMPARE(configWith(R"({"num_key_value_heads": null})").keyValueHeads, std::int64_t{8});
        QCOMPARE(configWith(R"({"head_dim": 32})").queryRows(), std::int64_t{256});
    }

    void biasesFollowTheModelType_data()
    {
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<bool>("qkv");
        QTest::addColumn<bool>("output");
        QTest::addColumn<bool>("norms");
        QTest::newRow("llama") << QByteArray("{}") << false << false << false;
        QTest::newRow("llama with bias")
            << QByteArray(R"({"attention_bias": true})") << true << true << false;
        QTest::newRow("mistral") << QByteArray(R"({"model_type": "mistral"})") << false << false
                                 << false;
        QTest::newRow("qwen2") << QByteArray(R"({"model_type": "qwen2"})") << true << false
                               << false;
        QTest::newRow("qwen3") << QByteArray(R"({"model_type": "qwen3"})") << false << false
                               << true;
    }

    void biasesFollowTheModelType()
    {
        QFETCH(QByteArray, changes);
        QFETCH(bool, qkv);
        QFETCH(bool, output);
        QFETCH(bool, norms);
        const LlamaConfig config = configWith(changes);
        QCOMPARE(config.hasQkvBias, qkv);
        QCOMPARE(config.hasOutputBias, output);
        QCOMPARE(config.hasQueryKeyNorm, norms);
    }

    void windowsFollowTheModelType_data()
    {
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<Windows>("windows");
        const QByteArray qwen = R"("model_type": "qwen2", "sliding_window": 16)";
        QTest::newRow("llama ignores it")
            << QByteArray(R"({"sliding_window": 16})") << Windows(5, 0);
        QTest::newRow("mistral") << QByteArray(R"({"model_type": "mistral", "sliding_window": 16})")
                                 << Windows(5, 16);
        QTest::newRow("mistral without")
            << QByteArray(R"({"model_type": "mistral", "sliding_window": null})") << Windows(5, 0);
        QTest::newRow("qwen2 off") << QByteArray("{" + qwen + "}") << Windows(5, 0);
        QTest::newRow("qwen2 on") << QByteArray(
            "{" + qwen + R"(, "use_sliding_window": true, "max_window_layers": 3})")
                                  << Windows{0, 0, 0, 16, 16};
        QTest::newRow("qwen2 by type")
            << QByteArray("{" + qwen + R"(, "use_sliding_window": true, "layer_types": [
                "sliding_attention", "full_attention", "full_attention", "full_attention",
                "sliding_attention"]})")
            << Windows{16, 0, 0, 0, 16};
    }

    void windowsFollowTheModelType()
    {
        QFETCH(QByteArray, changes);
        QFETCH(Windows, windows);
        QVERIFY(configWith(changes).slidingWindow == windows);
    }

    void readsRopeScalingOldAndNew_data()
    {
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<int>("type");
        QTest::addColumn<double>("theta");
        QTest::newRow("none") << QByteArray(R"({"rope_theta": 500000.0, "rope_scaling": null})")
                              << int(RopeScaling::Type::None) << 500000.0;
        QTest::newRow("linear, old key")
            << QByteArray(R"({"rope_scaling": {"type": "linear", "factor": 8}})")
            << int(RopeScaling::Type::Linear) << 10000.0;
        QTest::newRow("llama3") << QByteArray(
            R"({"rope_scaling": {"rope_type": "llama3", "factor": 8,
                "low_freq_factor": 1, "high_freq_factor": 4,
                "original_max_position_embeddings": 8192}})")
                                << int(RopeScaling::Type::Llama3) << 10000.0;
        QTest::newRow("together") << QByteArray(
            R"({"rope_parameters": {"rope_type": "linear", "factor": 8,
                "rope_theta": 7e5}})")
                                  << int(RopeScaling::Type::Linear) << 7e5;
    }

    void readsRopeScalingOldAndNew()
    {
        QFETCH(QByteArray, changes);
        QFETCH(int, type);
        QFETCH(double, theta);
        const LlamaConfig config = configWith(changes);
        QCOMPARE(int(config.ropeScaling.type), type);
        QCOMPARE(config.ropeTheta, theta);
        QCOMPARE(config.ropeScaling.factor, type == int(RopeScaling::Type::None) ? 1.0 : 8.0);
    }

    void refusesAbsurdValuesByKey_data()
    {
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<QByteArray>("key");
        const auto add = [](const char *changes, const char *key) {
            QTest::newRow(changes) << QByteArray(changes) << QByteArray(key);
        };
        add(R"({"hidden_size": null})", "hidden_size");
        add(R"({"hidden_size": -64})", "hidden_size");
        add(R"({"hidden_size": 1e18})", "hidden_size");
        add(R"({"hidden_size": 18446744073709551615})", "hidden_size");
        add(R"({"hidden_size": "64"})", "hidden_size");
        add(R"({"hidden_size": 66})", "num_attention_heads");
        add(R"({"intermediate_size": 0})", "intermediate_size");
        add(R"({"num_hidden_layers": 1000000})", "num_hidden_layers");
        add(R"({"num_attention_heads": 0})", "num_attention_heads");
        add(R"({"num_key_value_heads": 3})", "num_key_value_heads");
        add(R"({"num_key_value_heads": 16})", "num_key_value_heads");
        add(R"({"head_dim": 7})", "head_dim");
        add(R"({"vocab_size": 9000000000})", "vocab_size");
        add(R"({"max_position_embeddings": 0})", "max_position_embeddings");
        add(R"({"rms_norm_eps": -1})", "rms_norm_eps");
        add(R"({"rope_theta": 0})", "rope_theta");
        add(R"({"rope_scaling": 3})", "rope_scaling");
        add(R"({"rope_scaling": {"rope_type": "yarn"}})", "rope_type");
        add(R"({"rope_scaling": {"rope_type": "linear", "factor": 0}})", "factor");
        add(R"({"hidden_act": "gelu"})", "hidden_act");
        add(R"({"tie_word_embeddings": 1})", "tie_word_embeddings");
        add(R"({"bos_token_id": "x"})", "bos_token_id");
        add(R"({"model_type": "mistral", "sliding_window": 0})", "sliding_window");
        add(R"({"model_type": "mistral", "sliding_window": 4, "layer_types": []})", "layer_types");
    }

    void refusesAbsurdValuesByKey()
    {
        QFETCH(QByteArray, changes);
        QFETCH(QByteArray, key);
        const Complaint complaint = complaintOf([&] { configWith(changes); });
        QVERIFY2(complaint.isBadInputNaming("\"" + key.toStdString() + "\""),
                 complaint.text.c_str());
        QVERIFY2(complaint.isBadInputNaming("m/config.json"), complaint.text.c_str());
    }
};

BITPRISM_TEST(TstLlamaConfig);
#include "tst_llama_config.moc"
