// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint.h"
#include "core/results/model_info.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// One tensor that a family expects in its checkpoint: what the description
/// says of it and what the forward pass loads it for. One list serves both.
struct TensorRule
{
    static constexpr int head = -1;
    static constexpr int embedding = -2; ///< read before the first block

    std::string name; ///< full and unique in the model
    std::vector<std::int64_t> shape; ///< as stored
    /// The checkpoint's tensor it is read from, where several blocks share one (ALBERT); empty:
    /// `name`.
    std::string source = {};
    int stack = 0;
    int block = head; ///< or `head`, or `embedding`

    std::string layer; ///< its name as a layer; empty: no layer (norms, biases, tables)
    std::string kind;
    std::string inputGroup;
    std::string producer;
    bool quantizable = true;
    bool isTransposed = false; ///< stored [cols, rows]
    std::optional<NormInfo> norm; ///< of a norm's gain

    /// Makes it one that is stored [cols, rows] (GPT-2's Conv1D).
    void transpose();
    const std::string &stored() const { return source.empty() ? name : source; }
    /// As the forward pass uses it: a layer's weight is [rows, cols], with a
    /// convolution's kernel flattened behind its input channels.
    std::vector<std::int64_t> usedShape() const;
};

/// Makes the rules of one stack with little to say per line.
class RuleList
{
public:
    explicit RuleList(std::vector<TensorRule> &rules)
        : m_rules(rules)
    {
    }
    /// Where the following tensors are read. `sourcePrefix` stands for `prefix` in the checkpoint
    /// where blocks share their tensors; empty: it is the same.
    void place(int stack, int block, std::string prefix, std::string sourcePrefix = {});

    void tensor(const std::string &name, std::vector<std::int64_t> shape);
    /// What the following norms are: LayerNorms or RMS norms, and their epsilon.
    void normKind(bool centres, double epsilon);
    /// Gives the description, to add to.
    NormInfo &norm(const std::string &name, std::int64_t width, bool hasBias = true);
    /// The same with names of its own for gain and bias (".gamma", ".beta" of old checkpoints).
    NormInfo &norm(const std::string &name, std::int64_t width, const std::string &gain,
                   const std::string &bias);
    /// NAME.weight with its bias; gives the rule of the weight, to add to.
    TensorRule &linear(const std::string &name, const char *kind, std::int64_t rows,
                       std::int64_t cols, bool hasBias, const std::string &group,
                       const std::string &producer);
    /// NAME.weight of any shape, a layer that `kind` names, without bias, input
    /// group or producer.
    TensorRule &layer(const std::string &name, const char *kind, std::vector<std::int64_t> shape);

    /// The full name of a tensor of the place.
    std::string full(const std::string &name) const { return m_prefix + name; }

private:
    std::vector<TensorRule> &m_rules;
    int m_stack = 0;
    int m_block = TensorRule::head;
    std::string m_prefix;
    std::string m_sourcePrefix;
    bool m_normsCentre = true;
    double m_normEpsilon = 0;
};

/// What of the rules a checkpoint does not fulfil, by stack.
struct MissingTensors
{
    std::int64_t count = 0;
    std::string first;
};

/// Checks one stack's rules against the checkpoint and adds its layers and
/// norms to `info`. A shape that contradicts the rule, or a tensor that is not
/// floating-point, is BadInput; missing tensors are counted, and their layers
/// left out.
MissingTensors describeStack(const io::Checkpoint &checkpoint, const std::vector<TensorRule> &rules,
                             int stack, ModelInfo &info);

/// Describes all stacks; a missing tensor makes the model not runnable, with
/// the reason.
void describeByRules(const io::Checkpoint &checkpoint, const std::vector<TensorRule> &rules,
                     ModelInfo &info);

/// What stands before `suffix` in the name of the layer that ends with it; empty where none does.
std::string prefixOf(const ModelInfo &info, std::string_view suffix);
/// The first of `prefixes` with which the checkpoint has PREFIX + `name`; else the first.
std::string prefixIn(const io::Checkpoint &checkpoint, std::vector<std::string> prefixes,
                     const std::string &name);

} // namespace bitprism
