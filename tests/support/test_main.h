// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest/QtTest>

#include <memory>
#include <string>

namespace bitprism::test {

using Factory = std::unique_ptr<QObject> (*)();

bool addTestClass(const char *name, Factory factory);

/// Runs the class named by the first argument, or all; the rest goes to Qt Test. The exit status.
int runTests(int argc, char **argv);

template <typename T> std::unique_ptr<QObject> make() { return std::make_unique<T>(); }

/// The repository's root; ../shared lies beside it where it exists.
std::string sourceDir();
/// Where bitprism-cli and bitprism lie.
std::string binDir();
/// A file or folder of ../shared/data; empty, after which the test QSKIPs, where it is absent.
std::string sharedData(const std::string &relative);

} // namespace bitprism::test

/// Ends a test file in place of QTEST_MAIN: `tst_FOLDER tst_name` runs the class TstName.
#define BITPRISM_TEST(Class)                                                                       \
    [[maybe_unused]] static const bool registered##Class                                           \
        = ::bitprism::test::addTestClass(#Class, &::bitprism::test::make<Class>)
