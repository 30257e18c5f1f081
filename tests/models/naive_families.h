// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace bitprism::test {

/// The text families by scalar loops in double, straight from their definitions: nothing is shared
/// with the program's forward pass but the file reader.
class NaiveFamily
{
public:
    using Vector = std::vector<double>;
    using Matrix = std::vector<Vector>; ///< one row per position

    explicit NaiveFamily(const io::Checkpoint &checkpoint, std::size_t heads, double epsilon)
        : m_checkpoint(checkpoint)
        , m_heads(heads)
        , m_epsilon(epsilon)
    {
    }

    Matrix gpt2(const std::vector<std::int64_t> &tokens, int blocks) const
    {
        const std::string top = "transformer.";
        Matrix x = lookUp(top + "wte.weight", tokens);
        addPositions(x, top + "wpe.weight", 0);
        for (int i = 0; i < blocks; ++i) {
            const std::string block = top + "h." + std::to_string(i) + ".";
            const Matrix fused = conv1d(layerNorm(x, block + "ln_1"), block + "attn.c_attn");
            const std::size_t width = x[0].size();
            const Matrix attended
                = attention(columns(fused, 0, width), columns(fused, width, width),
                            columns(fused, 2 * width, width), true);
            x = sum(x, conv1d(attended, block + "attn.c_proj"));
            const Matrix inner
                = apply(conv1d(layerNorm(x, block + "ln_2"), block + "mlp.c_fc"), geluTanh);
            x = sum(x, conv1d(inner, block + "mlp.c_proj"));
        }
        x = layerNorm(x, top + "ln_f");
        const bool isTied = m_checkpoint.find("lm_head.weight") == nullptr;
        return product(x, isTied ? top + "wte.weight" : "lm_head.weight");
    }

    Matrix opt(const std::vector<std::int64_t> &tokens, int blocks, bool isPreNorm) const
    {
        const std::string top = "model.decoder.";
        Matrix x = lookUp(top + "embed_tokens.weight", tokens);
        if (m_checkpoint.find(top + "project_in.weight") != nullptr) {
            x = product(x, top + "project_in.weight");
        }
        addPositions(x, top + "embed_positions.weight", 2);
        for (int i = 0; i < blocks; ++i) {
            const std::string block = top + "layers." + std::to_string(i) + ".";
            const std::string self = block + "self_attn.";
            Matrix input = isPreNorm ? layerNorm(x, block + "self_attn_layer_norm") : x;
            const Matrix attended
                = attention(linear(input, self + "q_proj"), linear(input, self + "k_proj"),
                            linear(input, self + "v_proj"), true);
            x = sum(x, linear(attended, self + "out_proj"));
            x = isPreNorm ? x : layerNorm(x, block + "self_attn_layer_norm");
            input = isPreNorm ? layerNorm(x, block + "final_layer_norm") : x;
            x = sum(x, linear(apply(linear(input, block + "fc1"), relu), block + "fc2"));
            x = isPreNorm ? x : layerNorm(x, block + "final_layer_norm");
        }
        if (isPreNorm) {
            x = layerNorm(x, top + "final_layer_norm");
        } else {
            x = product(x, top + "project_out.weight");
        }
        return product(x, top + "embed_tokens.weight");
    }

    /// Hidden states of an encoder; `blockNames` gives the layers of block i.
    struct EncoderNames
    {
        std::string query, key, value, out, attentionNorm, up, down, outputNorm;
    };
    Matrix encoder(const std::vector<std::int64_t> &tokens, const std::string &top,
                   const std::vector<EncoderNames> &blocks, std::size_t firstPosition) const
    {
        Matrix x = lookUp(top + "embeddings.word_embeddings.weight", tokens);
        addPositions(x, top + "embeddings.position_embeddings.weight", firstPosition);
        const Vector type = read(top + "embeddings.token_type_embeddings.weight");
        for (Vector &row : x) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i] += type[i];
            }
        }
        x = layerNorm(x, top + "embeddings.LayerNorm");
        if (m_checkpoint.find(top + "encoder.embedding_hidden_mapping_in.weight") != nullptr) {
            x = linear(x, top + "encoder.embedding_hidden_mapping_in");
        }
        for (const EncoderNames &names : blocks) {
            const Matrix attended = attention(linear(x, names.query), linear(x, names.key),
                                              linear(x, names.value), false);
            x = layerNorm(sum(x, linear(attended, names.out)), names.attentionNorm);
            const Matrix inner = apply(linear(x, names.up), gelu);
            x = layerNorm(sum(x, linear(inner, names.down)), names.outputNorm);
        }
        return x;
    }

    Matrix maskedHead(const Matrix &x, const std::string &dense, const std::string &norm,
                      const std::string &table, const std::string &bias) const
    {
        Matrix logits = product(layerNorm(apply(linear(x, dense), gelu), norm), table);
        const Vector shift = read(bias);
        for (Vector &row : logits) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i] += shift[i];
            }
        }
        return logits;
    }

    Matrix classHead(const Matrix &x, const std::string &pooler,
                     const std::string &classifier) const
    {
        const auto tanh = [](double value) { return std::tanh(value); };
        return linear(apply(linear({x.front()}, pooler), tanh), classifier);
    }

    Matrix llada(const std::vector<std::int64_t> &tokens, int blocks, double theta) const
    {
        const std::string top = "model.transformer.";
        Matrix x = lookUp(top + "wte.weight", tokens);
        for (int i = 0; i < blocks; ++i) {
            const std::string block = top + "blocks." + std::to_string(i) + ".";
            const Matrix input = rmsNorm(x, block + "attn_norm.weight");
            const Matrix attended
                = attention(rotated(product(input, block + "q_proj.weight"), theta),
                            rotated(product(input, block + "k_proj.weight"), theta),
                            product(input, block + "v_proj.weight"), false);
            x = sum(x, product(attended, block + "attn_out.weight"));
            const Matrix normed = rmsNorm(x, block + "ff_norm.weight");
            Matrix gate = product(normed, block + "ff_proj.weight");
            const Matrix up = product(normed, block + "up_proj.weight");
            for (std::size_t t = 0; t < gate.size(); ++t) {
                for (std::size_t c = 0; c < gate[t].size(); ++c) {
                    gate[t][c] = gate[t][c] / (1 + std::exp(-gate[t][c])) * up[t][c];
                }
            }
            x = sum(x, product(gate, block + "ff_out.weight"));
        }
        return product(rmsNorm(x, top + "ln_f.weight"), top + "ff_out.weight");
    }

private:
    Vector read(const std::string &name) const
    {
        const std::vector<float> values = m_checkpoint.readFloat(name);
        return {values.begin(), values.end()};
    }

    Matrix lookUp(const std::string &name, const std::vector<std::int64_t> &tokens) const
    {
        const Vector table = read(name);
        const auto width = m_checkpoint.require(name).shape[1];
        Matrix rows;
        for (const std::int64_t token : tokens) {
            rows.emplace_back(table.begin() + token * width, table.begin() + (token + 1) * width);
        }
        return rows;
    }

    void addPositions(Matrix &x, const std::string &name, std::size_t first) const
    {
        const Vector table = read(name);
        for (std::size_t t = 0; t < x.size(); ++t) {
            for (std::size_t i = 0; i < x[t].size(); ++i) {
                x[t][i] += table[(t + first) * x[t].size() + i];
            }
        }
    }

    /// x W^T with W [rows, cols] as stored.
    Matrix product(const Matrix &x, const std::string &name) const
    {
        const Vector weight = read(name);
        const std::size_t cols = x[0].size();
        Matrix y;
        for (const Vector &row : x) {
            Vector out(weight.size() / cols, 0);
            for (std::size_t r = 0; r < out.size(); ++r) {
                for (std::size_t c = 0; c < cols; ++c) {
                    out[r] += weight[r * cols + c] * row[c];
                }
            }
            y.push_back(std::move(out));
        }
        return y;
    }

    Matrix linear(const Matrix &x, const std::string &name) const
    {
        return shifted(product(x, name + ".weight"), name + ".bias");
    }

    /// x W + b with W [cols, rows] as stored.
    Matrix conv1d(const Matrix &x, const std::string &name) const
    {
        const Vector weight = read(name + ".weight");
        const std::size_t rows = weight.size() / x[0].size();
        Matrix y;
        for (const Vector &row : x) {
            Vector out(rows, 0);
            for (std::size_t c = 0; c < row.size(); ++c) {
                for (std::size_t r = 0; r < rows; ++r) {
                    out[r] += weight[c * rows + r] * row[c];
                }
            }
            y.push_back(std::move(out));
        }
        return shifted(std::move(y), name + ".bias");
    }

    Matrix shifted(Matrix x, const std::string &name) const
    {
        const Vector bias = read(name);
        for (Vector &row : x) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i] += bias[i];
            }
        }
        return x;
    }

    Matrix layerNorm(const Matrix &x, const std::string &name) const
    {
        const Vector scale = read(name + ".weight");
        const Vector shift = read(name + ".bias");
        Matrix y = x;
        for (Vector &row : y) {
            const double size = static_cast<double>(row.size());
            double mean = 0;
            double variance = 0;
            for (const double value : row) {
                mean += value / size;
            }
            for (const double value : row) {
                variance += (value - mean) * (value - mean) / size;
            }
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i] = (row[i] - mean) / std::sqrt(variance + m_epsilon) * scale[i] + shift[i];
            }
        }
        return y;
    }

    Matrix rmsNorm(const Matrix &x, const std::string &name) const
    {
        const Vector scale = read(name);
        Matrix y = x;
        for (Vector &row : y) {
            double squares = 0;
            for (const double value : row) {
                squares += value * value / static_cast<double>(row.size());
            }
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i] = row[i] / std::sqrt(squares + m_epsilon) * scale[i];
            }
        }
        return y;
    }

    Matrix rotated(const Matrix &x, double theta) const
    {
        Matrix y = x;
        const std::size_t size = x[0].size() / m_heads;
        for (std::size_t t = 0; t < x.size(); ++t) {
            for (std::size_t h = 0; h < m_heads; ++h) {
                for (std::size_t i = 0; i < size / 2; ++i) {
                    const double angle = static_cast<double>(t)
                        * std::pow(theta,
                                   -2.0 * static_cast<double>(i) / static_cast<double>(size));
                    const double a = x[t][h * size + i];
                    const double b = x[t][h * size + i + size / 2];
                    y[t][h * size + i] = a * std::cos(angle) - b * std::sin(angle);
                    y[t][h * size + i + size / 2] = b * std::cos(angle) + a * std::sin(angle);
                }
            }
        }
        return y;
    }

    Matrix attention(const Matrix &query, const Matrix &key, const Matrix &value,
                     bool isCausal) const
    {
        const std::size_t size = query[0].size() / m_heads;
        Matrix y(query.size(), Vector(query[0].size(), 0));
        for (std::size_t h = 0; h < m_heads; ++h) {
            for (std::size_t t = 0; t < query.size(); ++t) {
                const std::size_t keys = isCausal ? t + 1 : key.size();
                Vector scores(keys, 0);
                double total = 0;
                for (std::size_t s = 0; s < keys; ++s) {
                    for (std::size_t i = 0; i < size; ++i) {
                        scores[s] += query[t][h * size + i] * key[s][h * size + i];
                    }
                    scores[s] = std::exp(scores[s] / std::sqrt(static_cast<double>(size)));
                    total += scores[s];
                }
                for (std::size_t s = 0; s < keys; ++s) {
                    for (std::size_t i = 0; i < size; ++i) {
                        y[t][h * size + i] += scores[s] / total * value[s][h * size + i];
                    }
                }
            }
        }
        return y;
    }

    static Matrix columns(const Matrix &x, std::size_t first, std::size_t count)
    {
        Matrix y;
        for (const Vector &row : x) {
            const auto begin = row.begin() + static_cast<std::ptrdiff_t>(first);
            y.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(count));
        }
        return y;
    }

    static Matrix sum(Matrix a, const Matrix &b)
    {
        for (std::size_t t = 0; t < a.size(); ++t) {
            for (std::size_t i = 0; i < a[t].size(); ++i) {
                a[t][i] += b[t][i];
            }
        }
        return a;
    }

    template <typename Function> static Matrix apply(Matrix x, const Function &function)
    {
        for (Vector &row : x) {
            std::transform(row.begin(), row.end(), row.begin(), function);
        }
        return x;
    }

    static double relu(double x) { return std::max(0.0, x); }
    static double gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); }
    static double geluTanh(double x)
    {
        return 0.5 * x
            * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    }

    const io::Checkpoint &m_checkpoint;
    std::size_t m_heads;
    double m_epsilon;
};

} // namespace bitprism::test
