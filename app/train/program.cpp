// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/program.h"

#include "core/base/error.h"

#include <cstdio>
#include <exception>

namespace bitprism::train {

namespace {

int exitStatusOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::BadUsage:
        return 2;
    case ErrorCode::BadInput:
        return 3;
    case ErrorCode::Cancelled:
        return 130;
    case ErrorCode::Io:
    case ErrorCode::Internal:
        break;
    }
    return 1;
}

} // namespace

int runProgram(const char *name, const std::function<int()> &body)
{
    try {
        return body();
    } catch (const Error &error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return exitStatusOf(error.code());
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return 1;
    }
}

} // namespace bitprism::train
