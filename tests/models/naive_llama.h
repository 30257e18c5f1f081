// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/llama_config.h"
#include "core/io/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace bitprism::test {

/// The llama group by scalar loops in double, straight from the definition: nothing is shared with
/// the program's forward pass but the file reader. Slow, and meant to be obviously right.
class NaiveLlama
{
public:
    using Vector = std::vector<double>;

    NaiveLlama(const io::Checkpoint &checkpoint, LlamaConfig config)
        : m_checkpoint(checkpoint)
        , m_config(std::move(config))
    {
    }

    /// Logits of every position.
    std::vector<Vector> logits(const std::vector<std::int64_t> &tokens) const
    {
        const Vector table = read("model.embed_tokens.weight");
        const std::size_t width = static_cast<std::size_t>(m_config.hiddenSize);
        std::vector<Vector> hidden;
        for (const std::int64_t token : tokens) {
            const auto first = table.begin() + token * m_config.hiddenSize;
            hidden.emplace_back(first, first + m_config.hiddenSize);
        }
        for (int block = 0; block < m_config.blocks; ++block) {
            runBlock(block, hidden);
        }
        const Vector head = m_config.hasTiedHead ? table : read("lm_head.weight");
        const Vector gain = read("model.norm.weight");
        std::vector<Vector> result;
        for (const Vector &x : hidden) {
            result.push_back(product(head, normed(x, gain), width, {}));
        }
        return result;
    }

private:
    Vector read(const std::string &name) const
    {
        const std::vector<float> values = m_checkpoint.readFloat(name);
        return {values.begin(), values.end()};
    }

    Vector readIfThere(const std::string &name) const
    {
        return m_checkpoint.find(name) == nullptr ? Vector() : read(name);
    }

    Vector normed(const Vector &x, const Vector &gain) const
    {
        double squares = 0;
        for (const double value : x) {
            squares += value * value;
        }
        const double scale
            = 1 / std::sqrt(squares / static_cast<double>(x.size()) + m_config.rmsNormEpsilon);
        Vector y(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            y[i] = x[i] * scale * gain[i];
        }
        return y;
    }

    static Vector product(const Vector &weight, const Vector &x, std::size_t cols,
                          const Vector &bias)
    {
        Vector y(weight.size() / cols, 0);
        for (std::size_t row = 0; row < y.size(); ++row) {
            for (std::size_t col = 0; col < cols; ++col) {
                y[row] += weight[row * cols + col] * x[col];
            }
            y[row] += bias.empty() ? 0 : bias[row];
        }
        return y;
    }

    std::vector<Vector> linear(const std::string &name, const std::vector<Vector> &x) const
    {
        const Vector weight = read(name + ".weight");
        const Vector bias = readIfThere(name + ".bias");
        std::vector<Vector> y;
        for (const Vector &token : x) {
            y.push_back(product(weight, token, token.size(), bias));
        }
        return y;
    }

    double frequency(std::int64_t pair) const
    {
        const RopeScaling &scaling = m_config.ropeScaling;
        const double plain = 1
            / std::pow(m_config.ropeTheta,
                       2.0 * static_cast<double>(pair) / static_cast<double>(m_config.headSize));
        if (scaling.type == RopeScaling::Type::None) {
            return plain;
        }
        if (scaling.type == RopeScaling::Type::Linear) {
            return plain / scaling.factor;
        }
        // As the reference code of Llama 3.1 writes it, by wavelengths.
        const double context = static_cast<double>(scaling.originalContext);
        const double wavelength = 2 * std::numbers::pi / plain;
        if (wavelength > context / scaling.lowFrequencyFactor) {
            return plain / scaling.factor;
        }
        if (wavelength < context / scaling.highFrequencyFactor) {
            return plain;
        }
        const double smooth = (context / wavelength - scaling.lowFrequencyFactor)
            / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
        return (1 - smooth) * plain / scaling.factor + smooth * plain;
    }

    /// One head of one token: norm (qwen3), then rotation by its position.
    Vector headOf(const Vector &x, std::int64_t head, std::size_t position,
                  const Vector &gain) const
    {
        const std::int64_t size = m_config.headSize;
        Vector part(x.begin() + head * size, x.begin() + (head + 1) * size);
        if (!gain.empty()) {
            part = normed(part, gain);
        }
        Vector turned = part;
        for (std::int64_t i = 0; i < size / 2; ++i) {
            const double angle = static_cast<double>(position) * frequency(i);
            const auto a = static_cast<std::size_t>(i);
            const auto b = static_cast<std::size_t>(i + size / 2);
            turned[a] = part[a] * std::cos(angle) - part[b] * std::sin(angle);
            turned[b] = part[b] * std::cos(angle) + part[a] * std::sin(angle);
        }
        return turned;
    }

    std::vector<Vector> attended(int block, const std::string &prefix,
                                 const std::vector<Vector> &x) const
    {
        const std::vector<Vector> query = linear(prefix + "self_attn.q_proj", x);
        const std::vector<Vector> key = linear(prefix + "self_attn.k_proj", x);
        const std::vector<Vector> value = linear(prefix + "self_attn.v_proj", x);
        const Vector queryGain = readIfThere(prefix + "self_attn.q_norm.weight");
        const Vector keyGain = readIfThere(prefix + "self_attn.k_norm.weight");
        const std::int64_t size = m_config.headSize;
        const std::int64_t window = m_config.slidingWindow[static_cast<std::size_t>(block)];
        std::vector<Vector> mixed(x.size(),
                                  Vector(static_cast<std::size_t>(m_config.heads * size)));
        for (std::int64_t head = 0; head < m_config.heads; ++head) {
            const std::int64_t keyHead = head * m_config.keyValueHeads / m_config.heads;
            for (std::size_t t = 0; t < x.size(); ++t) {
                const Vector q = headOf(query[t], head, t, queryGain);
                std::size_t first = 0;
                if (window > 0 && t + 1 > static_cast<std::size_t>(window)) {
                    first = t + 1 - static_cast<std::size_t>(window);
                }
                Vector weights;
                double sum = 0;
                for (std::size_t s = first; s <= t; ++s) {
                    const Vector k = headOf(key[s], keyHead, s, keyGain);
                    double score = 0;
                    for (std::size_t i = 0; i < q.size(); ++i) {
                        score += q[i] * k[i];
                    }
                    weights.push_back(std::exp(score / std::sqrt(static_cast<double>(size))));
                    sum += weights.back();
                }
                for (std::size_t s = first; s <= t; ++s) {
                    for (std::int64_t i = 0; i < size; ++i) {
                        mixed[t][static_cast<std::size_t>(head * size + i)] += weights[s - first]
                            / sum * value[s][static_cast<std::size_t>(keyHead * size + i)];
                    }
                }
            }
        }
        return linear(prefix + "self_attn.o_proj", mixed);
    }

    void runBlock(int block, std::vector<Vector> &hidden) const
    {
        const std::string prefix = "model.layers." + std::to_string(block) + ".";
        const auto normedBy = [&](const std::string &name) {
            const Vector gain = read(prefix + name);
            std::vector<Vector> result;
            for (const Vector &x : hidden) {
                result.push_back(normed(x, gain));
            }
            return result;
        };
        const auto add = [&hidden](const std::vector<Vector> &change) {
            for (std::size_t t = 0; t < hidden.size(); ++t) {
                for (std::size_t i = 0; i < hidden[t].size(); ++i) {
                    hidden[t][i] += change[t][i];
                }
            }
        };
        add(attended(block, prefix, normedBy("input_layernorm.weight")));
        const std::vector<Vector> x = normedBy("post_attention_layernorm.weight");
        std::vector<Vector> gate = linear(prefix + "mlp.gate_proj", x);
        const std::vector<Vector> up = linear(prefix + "mlp.up_proj", x);
        for (std::size_t t = 0; t < gate.size(); ++t) {
            for (std::size_t i = 0; i < gate[t].size(); ++i) {
                gate[t][i] = gate[t][i] / (1 + std::exp(-gate[t][i])) * up[t][i];
            }
        }
        add(linear(prefix + "mlp.down_proj", gate));
    }

    const io::Checkpoint &m_checkpoint;
    LlamaConfig m_config;
};

} // namespace bitprism::test
