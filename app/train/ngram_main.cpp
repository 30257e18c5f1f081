// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/byte_bpe.h"
#include "app/train/corpus.h"
#include "app/train/kneser_ney.h"
#include "app/train/program.h"

#include <cmath>
#include <cstdio>

namespace {

constexpr int vocabularySize = 2048;
constexpr int windowLength = 512;

int run(const char *path)
{
    using namespace bitprism::train;
    const Corpus corpus = readCorpus(path);
    const ByteBpe tokenizer = ByteBpe::learn(corpus.training, vocabularySize);
    const auto training = tokenizer.encode(corpus.training);
    const auto evaluation = tokenizer.encode(corpus.evaluation);
    std::printf("%zu tokens counted, %zu measured\n", training.size(), evaluation.size());
    for (int order = 1; order <= KneserNey::largestOrder; ++order) {
        const double loss
            = KneserNey(training, order, tokenizer.vocabularySize()).loss(evaluation, windowLength);
        std::printf("order %d: %.4f nats per token, perplexity %.3f\n", order, loss,
                    std::exp(loss));
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fputs(
            "Usage: bitprism-ngram FILE\n\nPerplexity of Kneser-Ney n-grams on the splits and"
            " tokens that bitprism-train makes of FILE.\n",
            stderr);
        return 2;
    }
    return bitprism::train::runProgram("bitprism-ngram", [=] { return run(argv[1]); });
}
