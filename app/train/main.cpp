// SPDX-License-Identifier: GPL-3.0-or-later
#include "byte_bpe.h"
#include "corpus.h"
#include "failure.h"
#include "llama_trainer.h"
#include "model_export.h"
#include "training_command.h"

#include <cstdio>
#include <exception>

int main(int argc, char **argv)
{
    using namespace bitprism::train;
    try {
        return runTraining(parseCommand({argv + 1, argv + argc}));
    } catch (const BadUsage &error) {
        std::fprintf(stderr, "bitprism-train: %s\n", error.what());
        return 2;
    } catch (const BadInput &error) {
        std::fprintf(stderr, "bitprism-train: %s\n", error.what());
        return 3;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bitprism-train: %s\n", error.what());
        return 1;
    }
}
