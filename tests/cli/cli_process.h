// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMap>
#include <QtCore/QProcess>
#include <QtCore/QStringList>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace bitprism::test {

/// A limit for files that the tests themselves made.
constexpr std::uint64_t anySize = std::uint64_t{1} << 30;

/// What bitprism-cli left behind.
struct CliResult
{
    int status = -1; ///< -1: it crashed or was killed
    std::string output;
    std::string errors;

    /// Standard output as the one JSON document it must be.
    nlohmann::json json() const;
    /// An error as the contract wants it: this status, nothing on standard output, one line on
    /// standard error that holds `words`.
    bool isError(int expectedStatus, const std::string &words = {}) const;
    /// For failure messages.
    std::string text() const;
};

/// Runs the real program to its end, in an environment whose data folder is `dataFolder`.
class CliRunner
{
public:
    explicit CliRunner(std::filesystem::path dataFolder);

    CliResult run(const QStringList &arguments,
                  const QMap<QString, QString> &environment = {}) const;
    /// The two halves of run(), for tests that act in between.
    void start(QProcess &process, const QStringList &arguments,
               const QMap<QString, QString> &environment = {}) const;
    static CliResult finish(QProcess &process);

    static QString program();
    /// Whether the engine's library lies beside the program.
    static bool hasEngine();

private:
    std::filesystem::path m_dataFolder;
};

} // namespace bitprism::test
