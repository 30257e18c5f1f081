// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"

#include <QtWidgets/QtWidgets>

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsSet("BITPRISM_TEST_WINDOW")) {
        qputenv("QT_QPA_PLATFORM", qEnvironmentVariableIsSet("DISPLAY") ? "xcb" : "offscreen");
    }
    const QApplication application(argc, argv);
    return bitprism::test::runTests(argc, argv);
}
