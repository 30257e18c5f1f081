// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench_window.h"

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace bitprism {

namespace {

struct PipeCloser
{
    void operator()(FILE *pipe) const { pclose(pipe); }
};

/// What a shell command writes to standard output.
std::string outputOf(const std::string &command, const std::function<void()> &check)
{
    const std::unique_ptr<FILE, PipeCloser> pipe(popen(command.c_str(), "r"));
    std::string output;
    std::array<char, 4096> buffer;
    while (pipe && std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get())) {
        output += buffer.data();
        check();
    }
    return output;
}

std::string quoted(const std::filesystem::path &path)
{
    std::string result = "'";
    for (const char c : path.string()) {
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return result + "'";
}

long long monotonicNanoseconds()
{
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<long long>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

} // namespace

std::filesystem::path windowProgram()
{
    std::error_code ignored;
    auto program
        = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "bitprism";
    if (!std::filesystem::exists(program, ignored)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the window program is not there; build it first."),
                    program);
    }
    return program;
}

std::map<std::string, double> measureWindow(const std::string &name, JobContext &context)
{
    const bool hasDisplay
        = std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
    const std::string command = std::string(hasDisplay ? "" : "QT_QPA_PLATFORM=offscreen ")
        + "BITPRISM_STARTED=" + std::to_string(monotonicNanoseconds()) + " exec "
        + quoted(windowProgram()) + " --measure " + name + " 2>/dev/null";
    const std::string output = outputOf(command, [&] { context.throwIfCancelled(); });
    const nlohmann::json document
        = nlohmann::json::parse(output, nullptr, /*allow_exceptions=*/false);
    if (!document.is_object()) {
        throw Error(ErrorCode::Internal,
                    BITPRISM_TR("Error",
                                "The window did not measure itself; start it by hand with "
                                "--measure %1."),
                    name);
    }
    std::map<std::string, double> figures;
    for (const auto &[key, value] : document.items()) {
        if (value.is_number()) {
            figures[key] = value.get<double>();
        }
    }
    return figures;
}

void forgetWindowFiles()
{
    std::istringstream lines(outputOf("ldd " + quoted(windowProgram()), [] {}));
    std::vector<std::string> files{windowProgram().string()};
    std::string word;
    while (lines >> word) {
        if (word.front() == '/') {
            files.push_back(word);
        }
    }
    for (const std::string &file : files) {
        const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor >= 0) {
            ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
            ::close(descriptor);
        }
    }
}

} // namespace bitprism
