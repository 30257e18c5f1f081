// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    return bitprism::test::runTests(argc, argv);
}
