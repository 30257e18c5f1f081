// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <cstdint>
#include <string>

namespace bitprism {

/// How a text is cut for measuring; part of the options of every job that evaluates, under these
/// keys. 0 or empty takes the default named in the help.
struct EvaluationOptions
{
    std::int64_t samples = 0;
    std::int64_t length = 0;
    std::int64_t stride = 0;
    std::string documents;

    void visit(ParamVisitor &v)
    {
        constexpr std::int64_t most = std::int64_t{1} << 31;
        v.integer("samples", samples, {0, most},
                  {BITPRISM_TR("Job", "Windows"),
                   BITPRISM_TR("Job", "Windows (documents) to score; 0: all.")});
        v.integer("length", length, {0, most},
                  {BITPRISM_TR("Job", "Window length"),
                   BITPRISM_TR("Job", "Tokens of a window; 0: the model's context, at most 2048."),
                   "tokens"});
        v.integer("stride", stride, {0, most},
                  {BITPRISM_TR("Job", "Stride"),
                   BITPRISM_TR("Job", "Tokens from window to window; 0: the length."), "tokens"});
        v.text("documents", documents,
               {BITPRISM_TR("Job", "Document separator"),
                BITPRISM_TR("Job", "Text between documents, each scored by itself; empty: none.")});
    }
};

} // namespace bitprism
