// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"

#include <QtCore/QProcess>

#include <csignal>

namespace {

constexpr int patience = 120'000; ///< milliseconds for all classes of this program
const char *const wish = "BITPRISM_TEST_CRASH";

} // namespace

/// How all classes of one program run, as `tst_base` without an argument does.
class TstTestMain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCrashAfterOtherClassesEndsTheProgram()
    {
        if (qEnvironmentVariableIsSet(wish)) {
            std::raise(SIGSEGV);
        }
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(wish, "1");
        environment.insert("QTEST_DISABLE_STACK_DUMP", "1");
        program.setProcessEnvironment(environment);
        program.start(QCoreApplication::applicationFilePath(), {});
        QVERIFY(program.waitForFinished(patience));
        QVERIFY(program.exitStatus() == QProcess::CrashExit || program.exitCode() != 0);
        const QByteArray said = program.readAllStandardOutput();
        QVERIFY2(said.contains("Finished testing of TstError"), said.right(2000).constData());
        QVERIFY(!said.contains("Finished testing of TstUtf8"));
    }
};

BITPRISM_TEST(TstTestMain);
#include "tst_test_main.moc"
