// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <optional>
#include <string>

namespace bitprism::test {

/// What `call` complains about: the code and the sentence. Empty when it does not throw an Error.
struct Complaint
{
    std::optional<ErrorCode> code;
    std::string text;

    bool isBadInputNaming(const std::string &words) const
    {
        return code == ErrorCode::BadInput && text.find(words) != std::string::npos;
    }
};

template <typename Call> Complaint complaintOf(Call call)
{
    try {
        call();
    } catch (const Error &error) {
        return {error.code(), error.what()};
    }
    return {std::nullopt, "nothing was thrown"};
}

} // namespace bitprism::test
