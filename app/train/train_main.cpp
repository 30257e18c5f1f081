// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/program.h"
#include "app/train/training_command.h"

int main(int argc, char **argv)
{
    using namespace bitprism::train;
    return runProgram("bitprism-train", [=] {
        return runTraining(parseCommand({argv + 1, argv + argc}));
    });
}
