// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/compute_environment.h"

#include "core/base/parallel.h"
#include "core/kernels/blas.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace bitprism {

namespace {

constexpr int computeNice = 10;

/// The value of a "Name:   123 kB" line of a /proc file, in bytes.
std::int64_t procBytes(const char *file, const std::string &name)
{
    std::ifstream stream(file);
    std::string line;
    while (std::getline(stream, line)) {
        if (line.compare(0, name.size(), name) == 0) {
            return std::strtoll(line.c_str() + name.size(), nullptr, 10) * 1024;
        }
    }
    return -1;
}

std::int64_t numberIn(const std::filesystem::path &file)
{
    std::ifstream stream(file);
    std::int64_t value = -1;
    stream >> value; // "max" leaves -1
    return stream ? value : -1;
}

/// This process's group below /sys/fs/cgroup (version 2); the root where there is none.
std::filesystem::path ownGroup()
{
    std::ifstream stream("/proc/self/cgroup");
    std::string line;
    while (std::getline(stream, line)) {
        if (line.rfind("0::/", 0) == 0) {
            return std::filesystem::path("/sys/fs/cgroup") / line.substr(4);
        }
    }
    return "/sys/fs/cgroup";
}

/// What a group may still take, or nothing where it has no limit. Cached files count as used there,
/// but give way.
std::optional<std::int64_t> roomIn(const std::filesystem::path &group)
{
    const std::int64_t limit = numberIn(group / "memory.max");
    const std::int64_t used = numberIn(group / "memory.current");
    if (limit < 0 || used < 0) {
        return std::nullopt;
    }
    std::int64_t cached = 0;
    std::ifstream stream(group / "memory.stat");
    std::string name;
    std::int64_t value = 0;
    while (stream >> name >> value) {
        cached += name == "inactive_file" ? value : 0;
    }
    return std::max<std::int64_t>(0, limit - used + cached);
}

/// Never raised: under `nice -n 19` everything stays there. Refusal is harmless.
void lowerPriority(id_t thread)
{
    const int now = getpriority(PRIO_PROCESS, thread);
    static_cast<void>(setpriority(PRIO_PROCESS, thread, std::max(computeNice, now)));
}

} // namespace

void lowerThreadPriority()
{
    // On Linux the priority is the thread's own and new threads inherit it.
    lowerPriority(static_cast<id_t>(syscall(SYS_gettid)));
    for (const int thread : blas::poolThreads()) {
        lowerPriority(static_cast<id_t>(thread));
    }
}

void prepareCompute(int threads)
{
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int count = threads > 0 ? threads : cores;
    setThreadCount(count);
    at::set_num_threads(count);
    blas::setBlasThreads(count);
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
    at::globalContext().setFlushDenormal(false);
}

std::vector<std::string> environmentWarnings()
{
    std::vector<std::string> warnings;
    if (blas::isReferenceBlas()) {
        warnings.push_back("LibTorch uses the " + blas::blasName()
                           + ", which is many times slower than OpenBLAS; install "
                             "libopenblas0-pthread.");
    }
    return warnings;
}

std::int64_t availableMemoryBytes()
{
    std::int64_t available = procBytes("/proc/meminfo", "MemAvailable:");
    if (available < 0) {
        available = std::numeric_limits<std::int64_t>::max();
    }
    const std::filesystem::path root = "/sys/fs/cgroup";
    for (std::filesystem::path group = ownGroup(); group.native().size() >= root.native().size();
         group = group.parent_path()) {
        available = std::min(available, roomIn(group).value_or(available));
    }
    return available;
}

std::int64_t peakRssBytes()
{
    return std::max<std::int64_t>(0, procBytes("/proc/self/status", "VmHWM:"));
}

void resetPeakRss() { std::ofstream("/proc/self/clear_refs") << "5"; }

} // namespace bitprism
