// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/recipe_parameters.h"

namespace bitprism {

namespace {

ParamInfo parameter(const char *key, const char *type, const ParamText &text,
                    const std::string &value, double min = 0, double max = 0)
{
    ParamInfo info;
    info.key = key;
    info.type = type;
    info.text = text;
    info.defaultValue = value;
    info.min = min;
    info.max = max;
    return info;
}

} // namespace

std::vector<ParamInfo> dataParameters()
{
    return {parameter("calibration", "path",
                      {BITPRISM_TR("Recipe", "Calibration"),
                       BITPRISM_TR("Recipe",
                                   "File that statistics are collected on; never used "
                                   "for measuring.")},
                      "\"\""),
            parameter("evaluation", "path",
                      {BITPRISM_TR("Recipe", "Evaluation"),
                       BITPRISM_TR("Recipe", "Held-out file that perplexity is measured on.")},
                      "\"\"")};
}

std::vector<ParamInfo> sampleParameters()
{
    return {parameter("samples", "integer",
                      {BITPRISM_TR("Recipe", "Samples"),
                       BITPRISM_TR("Recipe", "Number of calibration samples.")},
                      "128", 1, 1e6),
            parameter("length", "integer",
                      {BITPRISM_TR("Recipe", "Length"),
                       BITPRISM_TR("Recipe", "Tokens of a sample; cut to what the model can take."),
                       "tokens"},
                      "2048", 1, 1048576)};
}

std::vector<ParamInfo> evaluationParameters()
{
    return {parameter(
                "samples", "integer",
                {BITPRISM_TR("Recipe", "Windows"),
                 BITPRISM_TR("Recipe",
                             "Windows (documents, items) that are measured; 0: all. To begin "
                             "with as the newest run of the model, so that runs can be compared.")},
                "0", 0, 1e9),
            parameter(
                "length", "integer",
                {BITPRISM_TR("Recipe", "Window length"),
                 BITPRISM_TR("Recipe",
                             "Tokens of a window; 0: the model's context, at most 2048. To begin "
                             "with as the newest run of the model, so that runs can be compared."),
                 "tokens"},
                "0", 0, 1048576)};
}

std::vector<ParamInfo> runParameters()
{
    return {parameter("seed", "integer",
                      {BITPRISM_TR("Recipe", "Seed"),
                       BITPRISM_TR("Recipe", "Equal seeds give equal codes, bit for bit.")},
                      "0", 0, 9e15),
            parameter("name", "text",
                      {BITPRISM_TR("Recipe", "Name"),
                       BITPRISM_TR("Recipe",
                                   "What the run is called in the list; empty: by its recipe.")},
                      "\"\""),
            parameter("experiment", "text",
                      {BITPRISM_TR("Recipe", "Experiment"),
                       BITPRISM_TR("Recipe",
                                   "Group that the run joins: runs of one experiment stand "
                                   "together. Empty: none.")},
                      "\"\"")};
}

} // namespace bitprism
