// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/eval/embeddings.h"
#include "core/eval/item_files.h"
#include "core/eval/metric.h"
#include "core/io/checkpoint.h"
#include "core/tokenize/text_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace bitprism {

namespace {

/// What CLIP multiplies cosines by where the checkpoint has no logit_scale.
constexpr double usualScale = 100;
constexpr std::int64_t topCount = 5;

/// Half of the 18 prompts published for CIFAR (d4c-clip.md 2.7); the others say "the" for "a".
constexpr std::array<const char *, 9> cifarPrompts{"a photo of a {}.",
                                                   "a blurry photo of a {}.",
                                                   "a black and white photo of a {}.",
                                                   "a low contrast photo of a {}.",
                                                   "a high contrast photo of a {}.",
                                                   "a bad photo of a {}.",
                                                   "a good photo of a {}.",
                                                   "a photo of a small {}.",
                                                   "a photo of a big {}."};

/// The seven that Radford et al. found to do nearly what their 80 for ImageNet do (their notebook
/// on prompt engineering).
constexpr std::array<const char *, 7> imagenetPrompts{
    "itap of a {}.",           "a bad photo of the {}.",
    "a origami {}.",           "a photo of the large {}.",
    "a {} in a video game.",   "art of the {}.",
    "a photo of the small {}."};

struct ZeroShotParams
{
    std::string prompts = "photo";
    std::string promptFile;

    void visit(ParamVisitor &v)
    {
        static const std::vector<Choice> choices{
            Choice{"photo", BITPRISM_TR("Component", "\"a photo of a {}.\"")},
            Choice{"cifar", BITPRISM_TR("Component", "The 18 of CIFAR")},
            Choice{"imagenet", BITPRISM_TR("Component", "Seven for ImageNet")},
            Choice{"name", BITPRISM_TR("Component", "The class name alone")}};
        v.choice("prompts", prompts, choices,
                 {BITPRISM_TR("Component", "Prompts"),
                  BITPRISM_TR("Component", "Texts that stand for a class; their mean counts.")});
        v.path("prompt_file", promptFile,
               {BITPRISM_TR("Component", "Prompt file"),
                BITPRISM_TR("Component",
                            "One prompt a line, {} for the class; in place of the choice.")});
    }
};

std::string filled(const std::string &prompt, const std::string &name)
{
    const std::size_t place = prompt.find("{}");
    return prompt.substr(0, place) + name + prompt.substr(place + 2);
}

at::Tensor unit(const at::Tensor &vectors)
{
    return vectors / vectors.norm(2, {-1}, true).clamp_min(1e-12);
}

/// Share of images whose own class is the likeliest by the cosine of image and prompt embeddings.
class ZeroShotImages final : public Metric
{
public:
    using Params = ZeroShotParams;
    explicit ZeroShotImages(const Params &params)
        : m_params(params)
    {
    }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "zero-shot-images";
        info.title = BITPRISM_TR("Component", "Zero-shot image classification");
        info.source = "Radford et al. 2021, arXiv 2103.00020, section 3.1";
        return info;
    }

    bool runsModel() const override { return true; }
    std::int64_t memoryNeed(const Model &model, const Model *) const override
    {
        return StackRunner::memoryNeed(model);
    }

    ItemSet items(const TaskInput &input) const override
    {
        input.options.check();
        const ModelInfo &model = input.model.info();
        if (model.featureKind != featureKinds::image || model.stacks.size() != 2) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 has no image tower beside a text tower; choose another "
                                    "task."),
                        model.path);
        }
        static_cast<void>(promptList());
        ItemFiles files(input);
        const std::vector<DataRecord> &records = files.records();
        std::set<std::string> names;
        for (const DataRecord &record : records) {
            if (record.label.empty()) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "%1 has no class; give a folder of folders, or a "
                                        "table with \"file\" and \"label\"."),
                            record.file);
            }
            names.insert(record.label);
        }
        const std::vector<std::string> classes(names.begin(), names.end());
        ItemSet set;
        set.classes = classes;
        // Every class gets its share of a subset: records are taken in turn.
        for (std::size_t i = 0; i < files.wanted(); ++i) {
            const DataRecord &record = records[i * records.size() / files.wanted()];
            EvaluationItem item;
            item.features = files.read(record).values;
            item.targets = {std::lower_bound(classes.begin(), classes.end(), record.label)
                            - classes.begin()};
            item.targetKind = TargetKind::Label;
            item.source = record.file.string();
            item.reference = record.label;
            item.unit = set.units++;
            set.items.push_back(std::move(item));
        }
        return set;
    }

    void begin(std::int64_t units) override
    {
        const auto count = static_cast<std::size_t>(units);
        m_correct.assign(count, 0);
        m_amongTop.assign(count, 0);
        m_nll.assign(count, 0);
    }

    void measure(const Model &model, const Model *, const ItemSet &items,
                 const tokenize::Tokenizer *tokenizer, std::vector<ScoredItem> &scored,
                 JobContext &context) override
    {
        const tokenize::Tokenizer &reader = tokenize::require(tokenizer, model.info());
        const StackRunner runner(model);
        const double total = static_cast<double>(items.items.size() + items.classes.size());
        double done = 0;
        std::vector<at::Tensor> rows;
        for (const std::string &name : items.classes) {
            rows.push_back(classVector(runner, reader, name, context));
            context.progress(++done, total);
        }
        const at::Tensor classifier = at::stack(rows, 0); // [classes, width]
        const double scale = model.checkpoint().find("logit_scale") == nullptr
            ? usualScale
            : std::exp(model.loadTensor("logit_scale").item<double>());
        for (const EvaluationItem &item : items.items) {
            const at::Tensor image
                = unit(featureOutput(runner, 0, item.features.unsqueeze(0), context));
            score(item, at::matmul(classifier, image.squeeze(0)) * scale, items.classes, scored);
            context.progress(++done, total);
        }
    }

    void add(const MetricBatch &) override { }

    void merge(const Metric &other) override
    {
        const auto &shard = dynamic_cast<const ZeroShotImages &>(other);
        BITPRISM_ASSERT(shard.m_nll.size() == m_nll.size(), "shards count the same units");
        for (std::size_t i = 0; i < m_nll.size(); ++i) {
            m_correct[i] += shard.m_correct[i];
            m_amongTop[i] += shard.m_amongTop[i];
            m_nll[i] += shard.m_nll[i];
        }
    }

    void report(Evaluation &evaluation, bool) const override
    {
        const std::vector<std::int64_t> ones(m_nll.size(), 1);
        const MeanWithError correct = meanOverWindows(m_correct, ones);
        const MeanWithError nll = meanOverWindows(m_nll, ones);
        evaluation.value = correct.mean;
        evaluation.standardError = correct.standardError;
        evaluation.unit = "accuracy";
        evaluation.higherIsBetter = true;
        evaluation.accuracy = correct.mean;
        evaluation.accuracyStandardError = correct.standardError;
        evaluation.top5Accuracy = meanOverWindows(m_amongTop, ones).mean;
        evaluation.nll = nll.mean;
        evaluation.nllStandardError = nll.standardError;
        evaluation.windowNll = m_nll;
        evaluation.windowTokens = ones;
    }

private:
    std::vector<std::string> promptList() const
    {
        std::vector<std::string> list;
        if (!m_params.promptFile.empty()) {
            const std::string text = tokenize::readTextFile(m_params.promptFile);
            for (const std::string_view line : tokenize::splitDocuments(text, "\n")) {
                list.emplace_back(line);
            }
        } else if (m_params.prompts == "cifar") {
            for (const std::string article : {"a", "the"}) {
                for (std::string prompt : cifarPrompts) {
                    const std::size_t place = prompt.find(" of a ");
                    list.push_back(prompt.replace(place, 6, " of " + article + " "));
                }
            }
        } else if (m_params.prompts == "imagenet") {
            list.assign(imagenetPrompts.begin(), imagenetPrompts.end());
        } else {
            list = {m_params.prompts == "name" ? "{}" : "a photo of a {}."};
        }
        for (const std::string &prompt : list) {
            if (prompt.find("{}") == std::string::npos) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "%1: the prompt \"%2\" has no {} for the class."),
                            m_params.promptFile, prompt);
            }
        }
        return list;
    }

    /// Mean of the prompts' directions, as a direction (d4c-clip.md 2.7).
    at::Tensor classVector(const StackRunner &runner, const tokenize::Tokenizer &reader,
                           std::string name, JobContext &context) const
    {
        std::replace(name.begin(), name.end(), '_', ' ');
        std::vector<at::Tensor> vectors;
        for (const std::string &prompt : promptList()) {
            const std::vector<std::int64_t> tokens
                = textTokens(runner.model(), reader, filled(prompt, name));
            vectors.push_back(unit(textOutput(runner, 1, tokens, context)).squeeze(0));
        }
        return unit(at::stack(vectors, 0).mean(0));
    }

    void score(const EvaluationItem &item, const at::Tensor &logits,
               const std::vector<std::string> &classes, std::vector<ScoredItem> &scored)
    {
        const std::int64_t target = item.targets.front();
        const auto place = static_cast<std::size_t>(item.unit);
        const std::int64_t better = (logits > logits[target]).sum().item<std::int64_t>();
        const std::int64_t likeliest = logits.argmax().item<std::int64_t>();
        m_correct[place] = likeliest == target ? 1 : 0;
        m_amongTop[place] = better < topCount ? 1 : 0;
        m_nll[place] = -at::log_softmax(logits.to(at::kDouble), 0)[target].item<double>();
        ScoredItem shown;
        shown.unit = item.unit;
        shown.source = item.source;
        shown.reference = item.reference;
        shown.hypothesis = classes[static_cast<std::size_t>(likeliest)];
        shown.pieces = {item.reference};
        shown.losses = {static_cast<float>(m_nll[place])};
        scored.push_back(std::move(shown));
    }

    Params m_params;
    std::vector<double> m_correct; ///< by image
    std::vector<double> m_amongTop;
    std::vector<double> m_nll;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, zero_shot_images, ZeroShotImages);

} // namespace bitprism
