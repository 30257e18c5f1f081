// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"

#include <QtWidgets/QtWidgets>

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsSet("BITPRISM_TEST_WINDOW")) {
        qputenv("QT_QPA_PLATFORM", qEnvironmentVariableIsSet("DISPLAY") ? "xcb" : "offscreen");
    }
    // The user's own settings and stores stay out of the tests.
    const QTemporaryDir home;
    qputenv("XDG_CONFIG_HOME", home.filePath("config").toUtf8());
    qputenv("XDG_DATA_HOME", home.filePath("data").toUtf8());
    QCoreApplication::setOrganizationName("bitprism");
    QCoreApplication::setApplicationName("bitprism-tests");
    const QApplication application(argc, argv);
    return bitprism::test::runTests(argc, argv);
}
