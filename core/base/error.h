// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace bitprism {

/// A text the window translates and everything else shows in English: lupdate collects it by the
/// alias `QT_TRANSLATE_NOOP+=BITPRISM_TR`. Both members point to literals.
struct TranslatableText
{
    const char *context = "";
    const char *text = "";
};

#define BITPRISM_TR(context, text) (::bitprism::TranslatableText{context, text})

/// Decides the exit status of bitprism-cli: 2, 3, 130, and 1 for the rest.
enum class ErrorCode
{
    BadUsage, ///< unknown command, flag, or a missing argument
    BadInput, ///< a model, data file, recipe, store, run or value that cannot be used
    Cancelled, ///< the user asked for it; what is finished is kept
    Io, ///< the disk is full, or permission is missing
    Internal, ///< a broken promise inside the program
};

/// Textual form of an error argument; paths lose their quotes, numbers print plainly.
std::string errorArgument(std::string_view value);
inline std::string errorArgument(const std::string &value) { return value; }
inline std::string errorArgument(const char *value) { return value; }
std::string errorArgument(const std::filesystem::path &value);
std::string errorArgument(double value);
template <typename T>
requires std::is_integral_v<T> std::string errorArgument(T value) { return std::to_string(value); }

/// One sentence: what is wrong, where (file, tensor, key), and what to do. `%1`, `%2`, ... in the
/// template stand for the arguments. Arguments are made printable: control characters and invalid
/// UTF-8 from a file never reach a terminal, and each is cut at 400 bytes.
class Error : public std::runtime_error
{
public:
    template <typename... Args>
    Error(ErrorCode code, TranslatableText message, const Args &...args)
        : Error(code, message, std::vector<std::string>{errorArgument(args)...})
    {
    }
    Error(ErrorCode code, TranslatableText message, std::vector<std::string> arguments);

    ErrorCode code() const noexcept { return m_code; }
    TranslatableText message() const noexcept { return m_message; }
    const std::vector<std::string> &arguments() const noexcept { return m_arguments; }

private:
    ErrorCode m_code;
    TranslatableText m_message;
    std::vector<std::string> m_arguments;
};

/// `%1` ... `%9` in `text` replaced by `arguments`, in one pass (arguments are not expanded again).
std::string substitute(std::string_view text, const std::vector<std::string> &arguments);

/// An Error (Io) that carries the system's words for `errorNumber`; `action` is a verb: "write".
[[noreturn]] void throwSystemError(int errorNumber, std::string_view action,
                                   const std::filesystem::path &path);

[[noreturn]] void failAssertion(const char *condition, const char *why, const char *file, int line);

} // namespace bitprism

/// States what a caller must guarantee. Throws Error (Internal) in every build, so the job fails
/// and the user's work survives. User input must never reach one.
#define BITPRISM_ASSERT(condition, why)                                                            \
    ((condition) ? static_cast<void>(0)                                                            \
                 : ::bitprism::failAssertion(#condition, why, __FILE__, __LINE__))
