// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/recipe/settings.h"

#include <string_view>
#include <vector>

namespace bitprism::cli {

/// The absolute path of a data file that can be opened; BadInput otherwise. Checked before the
/// engine is loaded, so that a typing mistake answers at once.
std::string dataFile(const std::string &path);

/// The data of --calibration. A model that cannot be run needs none, and gets an empty text;
/// BadUsage where another's is missing.
std::string calibrationData(const Invocation &invocation);

/// Flags of commands that evaluate: --samples --length --stride --documents.
std::vector<OptionSpec> evaluationSpecs();
/// Their values, under the keys of the jobs' options; absent ones are left out.
Json evaluationOptions(const Arguments &arguments);

/// --set of a command outside a recipe: settings by section. BadInput for a section that is not
/// among `sections`, and for a whole one (KEY=VALUE) other than `whole`.
std::vector<Setting> parsedSettings(const Arguments &arguments,
                                    const std::vector<std::string_view> &sections,
                                    std::string_view whole = {});
/// The settings of one section as a JSON object.
Json settingsObject(const std::vector<Setting> &settings, std::string_view section);

/// "TASK:FILE" of --evaluate, "FORMAT:DIR" of --export: the text before and behind the first colon;
/// BadUsage without one.
std::pair<std::string, std::string> splitAtColon(const std::string &text, std::string_view flag);

} // namespace bitprism::cli
