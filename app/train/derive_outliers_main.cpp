// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/outlier_injection.h"
#include "app/train/program.h"
#include "core/base/error.h"

#include <bit>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace {

constexpr const char *help = R"(Usage: bitprism-derive-outliers FROM TO [--channels N] [--factor F]

Copies the sample in folder FROM to folder TO with outlier channels in the norms of its blocks; the
model's function stays the same. Post-norm models (BERT) have no such norms and are refused.

  --channels N  channels per norm (default 2)
  --factor F    their factor, a power of two (default 128)
)";

using bitprism::Error;
using bitprism::ErrorCode;

int positive(std::string_view flag, std::string_view value)
{
    int number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < 1) {
        throw Error(ErrorCode::BadUsage, BITPRISM_TR("Error", "%1: needs a positive number."),
                    flag);
    }
    return number;
}

int run(int argc, char **argv)
{
    if (argc < 3 || argc % 2 == 0) {
        std::fputs(help, stderr);
        return 2;
    }
    bitprism::train::OutlierOptions options;
    for (int i = 3; i < argc; i += 2) {
        const std::string_view flag = argv[i];
        if (flag == "--channels") {
            options.channelsPerNorm = positive(flag, argv[i + 1]);
        } else if (flag == "--factor") {
            options.factor = positive(flag, argv[i + 1]);
        } else {
            throw Error(ErrorCode::BadUsage, BITPRISM_TR("Error", "%1: unknown option."), flag);
        }
    }
    if (!std::has_single_bit(unsigned(options.factor))) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error",
                                "--factor: must be a power of two, so that no weight is rounded."));
    }
    bitprism::train::deriveOutlierSample(argv[1], argv[2], options);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    return bitprism::train::runProgram("bitprism-derive-outliers", [=] { return run(argc, argv); });
}
