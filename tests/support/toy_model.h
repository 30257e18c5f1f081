// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/jobs/registry.h"
#include "core/models/model.h"
#include "core/models/stream.h"
#include "tests/support/toy_checkpoint.h"

#include <QtCore/QTemporaryDir>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace bitprism::test {

/// A toy checkpoint in a folder of its own, opened.
class ToyModel
{
public:
    explicit ToyModel(const ToyLlama &options = {})
    {
        registerEngineComponents();
        writeToyLlama(folder(), options);
        m_model = Model::open(folder());
    }

    const Model &operator*() const { return *m_model; }
    const Model *operator->() const { return m_model.get(); }
    std::filesystem::path folder() const { return m_folder.path().toStdString() + "/toy"; }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Model> m_model;
};

inline at::Tensor randomTokens(std::int64_t samples, std::int64_t length, std::int64_t vocabulary,
                               std::uint64_t seed)
{
    Random random(seed, "tokens");
    at::Tensor tokens = at::empty({samples, length}, at::kLong);
    for (std::int64_t i = 0; i < tokens.numel(); ++i) {
        tokens.data_ptr<std::int64_t>()[i]
            = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(vocabulary)));
    }
    return tokens;
}

/// Logits [samples, length, vocabulary] in one go.
inline at::Tensor logitsOf(const Model &model, const at::Tensor &tokens,
                           BlockHooks *hooks = nullptr)
{
    Batch batch;
    batch.tokens = tokens;
    StreamState state = model.begin(0, batch);
    for (const BlockId id : model.blocksOf(0)) {
        model.runBlock(model.loadBlock(id), state, hooks);
    }
    return model.finish(model.loadHead(0), state.hidden, hooks);
}

/// Largest |a - b| relative to the largest |b|.
inline double relativeDifference(const at::Tensor &a, const at::Tensor &b)
{
    const double scale = b.to(at::kDouble).abs().max().item<double>();
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>() / scale;
}

} // namespace bitprism::test
