// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/program.h"
#include "app/train/sample_command.h"
#include "core/base/parallel.h"

int main(int argc, char **argv)
{
    bitprism::letIdleThreadsSleep();
    return bitprism::train::runProgram("bitprism-train-sample", [&] {
        return bitprism::train::runSampleCommand({argv + 1, argv + argc});
    });
}
