// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "tests/support/test_main.h"

#include <cerrno>
#include <filesystem>

using namespace bitprism;

class TstError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fillsPlaceholdersOnce()
    {
        const Error error(ErrorCode::BadInput, BITPRISM_TR("Error", "%2 then %1, %3"),
                          std::string("%2"), std::filesystem::path("/a b"), 7);
        QCOMPARE(std::string(error.what()), std::string("/a b then %2, 7"));
        QCOMPARE(error.code(), ErrorCode::BadInput);
        QCOMPARE(error.arguments().size(), std::size_t(3));
    }

    void keepsTerminalsSafe()
    {
        const Error error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1"),
                          std::string("a\x1b[31m\n\xff") + "z");
        QCOMPARE(std::string(error.what()), std::string("a [31m \xEF\xBF\xBDz"));
    }

    void cutsLongArgumentsAtACodePoint()
    {
        std::string text(399, 'x');
        text += "\xE4\xB8\xAD"; // three bytes across the limit of 400
        const Error error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1"), text);
        QCOMPARE(std::string(error.what()), std::string(399, 'x') + "...");
    }

    void leavesUnknownPlaceholders()
    {
        QCOMPARE(substitute("100 %, %9, %1", {"a"}), std::string("100 %, %9, a"));
    }

    void namesTheSystemsReason()
    {
        try {
            throwSystemError(ENOSPC, "write", "/x");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::Io);
            QCOMPARE(std::string(error.what()),
                     std::string("/x: cannot write: No space left on device; make room and try "
                                 "again."));
        }
    }

    void assertionsThrowInEveryBuild()
    {
        try {
            BITPRISM_ASSERT(1 == 2, "numbers differ");
            QFAIL("passed");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::Internal);
            QVERIFY(QString(error.what()).contains("1 == 2"));
        }
    }
};

BITPRISM_TEST(TstError);
#include "tst_error.moc"
