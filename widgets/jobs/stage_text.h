// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

namespace bitprism {

/// What a job is doing, in the user's language: the core says it in English. Names of layers and
/// methods stay, and so does what is not known here.
QString stageText(const std::string &stage);

} // namespace bitprism
