// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/stacks.h"
#include "tests/support/toy_families.h"
#include "tests/support/toy_media_families.h"
#include "tests/support/toy_model.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bitprism::test {

/// A random model of some family and something for it to read.
struct Subject
{
    std::unique_ptr<QTemporaryDir> folder;
    std::unique_ptr<Model> model;
    Batch batch;

    std::filesystem::path path() const { return folder->path().toStdString() + "/toy"; }
};

struct NamedSubject
{
    const char *name;
    bool isPostNorm; ///< all of its stacks
    std::function<Subject()> make;
};

inline Subject subjectOf(const std::function<void(const std::filesystem::path &)> &write,
                         std::int64_t vocabulary, std::int64_t length, at::Tensor features = {})
{
    registerEngineComponents();
    Subject subject;
    subject.folder = std::make_unique<QTemporaryDir>();
    write(subject.path());
    subject.model = Model::open(subject.path());
    subject.batch.tokens = randomTokens(2, length, vocabulary, 5);
    subject.batch.features = std::move(features);
    return subject;
}

inline at::Tensor randomFeatures(std::vector<std::int64_t> shape)
{
    Random random(7, "features");
    at::Tensor values = at::empty(shape, at::kFloat);
    for (std::int64_t i = 0; i < values.numel(); ++i) {
        values.data_ptr<float>()[i] = static_cast<float>(random.normal());
    }
    return values;
}

/// Every family, in the forms whose weights lie differently.
inline std::vector<NamedSubject> familySubjects()
{
    ToyLlama plain;
    plain.spread = 0.3; // gains far from one
    ToyLlama tied = plain;
    tied.tiedHead = true;
    ToyLlama biased = plain;
    biased.modelType = "qwen2";
    biased.mlpBias = true;
    ToyLlama normed = plain;
    normed.modelType = "qwen3";
    normed.hidden = 24; // 12 x 2
    ToyLlama odd = plain;
    odd.hidden = 44;
    odd.headSize = 12;
    odd.heads = 3;
    odd.keyValueHeads = 1;
    odd.intermediate = 52; // 13 blocks of 4
    const auto llama = [](const ToyLlama &options) {
        return [options] {
            return subjectOf([&](const auto &folder) { writeToyLlama(folder, options); },
                             options.vocabulary, 24);
        };
    };
    const auto text = [](const char *type, const char *config = "{}", bool classifies = false) {
        return [=] {
            ToyFamily options;
            options.modelType = type;
            options.extraConfig = config;
            options.classifies = classifies;
            options.spread = 0.3;
            return subjectOf([&](const auto &folder) { writeToyFamily(folder, options); }, 80, 24);
        };
    };
    constexpr const char *postNorm = R"({"do_layer_norm_before": false})";
    return {{"llama", false, llama(plain)},
            {"llama, tied head", false, llama(tied)},
            {"qwen2, biases", false, llama(biased)},
            {"qwen3, query and key norms", false, llama(normed)},
            {"llama, sizes 44, 12 and 52", false, llama(odd)},
            {"opt", false, text("opt")},
            {"opt, post-norm", true, text("opt", postNorm)},
            {"gpt2", false, text("gpt2")},
            {"llada", false, text("llada")},
            {"bert", true, text("bert")},
            {"bert, classes", true, text("bert", "{}", true)},
            {"roberta", true, text("roberta")},
            {"albert", true, text("albert")},
            {"clip", false,
             [] {
                 return subjectOf([](const auto &folder) { writeToyClip(folder); }, 40, 8,
                                  randomFeatures({2, 3, 12, 12}));
             }},
            {"clip, ResNet", false,
             [] {
                 return subjectOf([](const auto &folder) { writeToyClipResNet(folder); }, 40, 8,
                                  randomFeatures({2, 3, 64, 64}));
             }},
            {"whisper", false,
             [] {
                 return subjectOf([](const auto &folder) { writeToyWhisper(folder); }, 40, 12,
                                  randomFeatures({2, 8, 3000}));
             }},
            {"whisper, encoder alone", false,
             [] {
                 const auto write = [](const auto &folder) {
                     writeToyWhisper(folder, {"model.decoder.embed_tokens.weight"});
                 };
                 Subject encoder = subjectOf(write, 40, 12, randomFeatures({2, 8, 3000}));
                 encoder.batch.tokens = at::Tensor(); // it has no vocabulary
                 return encoder;
             }},
            {"moonshine", false, [] {
                 return subjectOf([](const auto &folder) { writeToyMoonshine(folder); }, 40, 12,
                                  randomFeatures({2, 4000}));
             }}};
}

inline Subject subjectNamed(const QString &name)
{
    for (const NamedSubject &subject : familySubjects()) {
        if (name == subject.name) {
            return subject.make();
        }
    }
    return {};
}

/// finish() of every stack, at all positions.
inline std::vector<at::Tensor> outputsOf(const Model &model, const Batch &batch,
                                         BlockHooks *hooks = nullptr)
{
    BatchInput input(model, {batch});
    std::vector<StreamState> states;
    std::vector<at::Tensor> outputs;
    for (int stack = 0; stack <= model.lastStack(); ++stack) {
        states = input.begin(stack, std::move(states));
        for (const BlockId id : model.blocksOf(stack)) {
            model.runBlock(model.loadBlock(id), states.front(), hooks);
        }
        outputs.push_back(model.finish(model.loadHead(stack), states.front().hidden, hooks));
    }
    return outputs;
}

/// The largest relativeDifference() of the stacks' outputs.
inline double relativeDifference(const std::vector<at::Tensor> &a, const std::vector<at::Tensor> &b)
{
    double largest = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
        largest = std::max(largest, relativeDifference(a.at(i), b[i]));
    }
    return largest;
}

} // namespace bitprism::test
