// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/cli_process.h"

#include "tests/support/sanitizers.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

namespace bitprism::test {

namespace {

constexpr int limitMilliseconds = ample(120'000);

} // namespace

nlohmann::json CliResult::json() const { return nlohmann::json::parse(output); }

bool CliResult::isError(int expectedStatus, const std::string &words) const
{
    const bool isOneLine = !errors.empty() && errors.find('\n') == errors.size() - 1;
    return status == expectedStatus && output.empty() && isOneLine
        && errors.starts_with("bitprism-cli: ") && errors.find(words) != std::string::npos;
}

std::string CliResult::text() const
{
    return "status " + std::to_string(status) + "\noutput: " + output + "\nerrors: " + errors;
}

CliRunner::CliRunner(std::filesystem::path dataFolder)
    : m_dataFolder(std::move(dataFolder))
{
}

QString CliRunner::program() { return QString::fromStdString(binDir()) + "/bitprism-cli"; }

bool CliRunner::hasEngine()
{
    return QFile::exists(QString::fromStdString(binDir()) + "/../lib/libbitprism-engine.so");
}

CliResult CliRunner::run(const QStringList &arguments,
                         const QMap<QString, QString> &environment) const
{
    QProcess process;
    start(process, arguments, environment);
    return finish(process);
}

void CliRunner::start(QProcess &process, const QStringList &arguments,
                      const QMap<QString, QString> &environment) const
{
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    variables.insert("XDG_DATA_HOME", QString::fromStdString(m_dataFolder.string()));
    variables.insert("HF_HUB_CACHE", QString::fromStdString(m_dataFolder.string()) + "/hub");
    variables.insert("OMP_WAIT_POLICY", "passive");
    for (auto entry = environment.begin(); entry != environment.end(); ++entry) {
        variables.insert(entry.key(), entry.value());
    }
    process.setProcessEnvironment(variables);
    process.start(program(), arguments);
}

CliResult CliRunner::finish(QProcess &process)
{
    CliResult result;
    if (!process.waitForStarted()) {
        result.errors = "could not be started: " + process.errorString().toStdString();
        return result;
    }
    if (!process.waitForFinished(limitMilliseconds)) {
        process.kill();
        process.waitForFinished();
        result.errors = "did not end in time";
        return result;
    }
    result.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    result.output = process.readAllStandardOutput().toStdString();
    result.errors = process.readAllStandardError().toStdString();
    return result;
}

} // namespace bitprism::test
