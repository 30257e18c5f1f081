// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

using Json = nlohmann::json;

/// What a form, a flag and the manual say about one parameter.
struct ParamText
{
    TranslatableText title;
    TranslatableText help; ///< one sentence
    std::string_view unit = {}; ///< symbol or word; empty: none
};

struct IntRange
{
    std::int64_t min = 0;
    std::int64_t max = 0;
};

enum class Scale
{
    Linear,
    Logarithmic
};

struct RealRange
{
    double min = 0;
    double max = 1;
    Scale scale = Scale::Linear;
};

struct Choice
{
    std::string_view value; ///< kebab-case, permanent: it stands in stored recipes
    TranslatableText title;
};

/// The one walk over a component's typed parameters. A params struct has
/// `void visit(ParamVisitor &v)`, which names each field once; forms, flags, recipes, range checks
/// and the documentation are visitors. A call changes `value` only in a reading visitor.
/// Keys are snake_case and permanent.
class ParamVisitor
{
public:
    virtual ~ParamVisitor() = default;

    virtual void integer(std::string_view key, std::int64_t &value, IntRange range,
                         const ParamText &text)
        = 0;
    virtual void real(std::string_view key, double &value, RealRange range, const ParamText &text)
        = 0;
    virtual void flag(std::string_view key, bool &value, const ParamText &text) = 0;
    virtual void choice(std::string_view key, std::string &value,
                        const std::vector<Choice> &choices, const ParamText &text)
        = 0;
    virtual void path(std::string_view key, std::string &value, const ParamText &text) = 0;
    /// Any words: a prompt, a separator. Visitors that do not care treat it as a path.
    virtual void text(std::string_view key, std::string &value, const ParamText &text);
    /// Free-form JSON whose shape the component checks itself (manual's list of layers).
    virtual void json(std::string_view key, Json &value, const ParamText &text) = 0;
    /// The parameter visited last applies only while `key` has `value`; forms grey it otherwise.
    virtual void enabledIf(std::string_view key, std::string_view value);
    /// `oldKey` is read as `newKey`: names in stored recipes stay readable.
    virtual void alias(std::string_view oldKey, std::string_view newKey);

    void integer(std::string_view key, int &value, IntRange range, const ParamText &text);
};

/// One parameter as `methods --json` prints it and as a form is built from it.
struct ParamInfo
{
    std::string key;
    std::string type; ///< integer, real, flag, choice, path, text, json
    ParamText text;
    std::string defaultValue; ///< JSON text
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    Scale scale = Scale::Linear;
    std::vector<Choice> choices;
    std::string enabledKey;
    std::string enabledValue;
};

/// A problem across parameters, found by a params struct's optional `check()`.
struct ParamProblem
{
    std::string key;
    TranslatableText message;
    std::vector<std::string> arguments;
};

/// Describes the parameters with the values they have (the defaults, on a fresh struct).
class ParamDescriber final : public ParamVisitor
{
public:
    using ParamVisitor::integer;
    void integer(std::string_view key, std::int64_t &value, IntRange range,
                 const ParamText &text) override;
    void real(std::string_view key, double &value, RealRange range, const ParamText &text) override;
    void flag(std::string_view key, bool &value, const ParamText &text) override;
    void choice(std::string_view key, std::string &value, const std::vector<Choice> &choices,
                const ParamText &text) override;
    void path(std::string_view key, std::string &value, const ParamText &text) override;
    void text(std::string_view key, std::string &value, const ParamText &text) override;
    void json(std::string_view key, Json &value, const ParamText &text) override;
    void enabledIf(std::string_view key, std::string_view value) override;

    const std::vector<ParamInfo> &parameters() const { return m_parameters; }

private:
    ParamInfo &add(std::string_view key, std::string_view type, const ParamText &text);
    std::vector<ParamInfo> m_parameters;
};

namespace params {

/// Calls one visitor-driven function with a reader or writer; see read() and write().
using VisitFunction = void (*)(void *params, ParamVisitor &visitor);

void readInto(void *params, VisitFunction visit, const Json &object, std::string_view where);
void writeFrom(void *params, VisitFunction visit, Json &object);
[[noreturn]] void throwProblem(const ParamProblem &problem, std::string_view where);

template <typename Params> void visitAny(void *params, ParamVisitor &visitor)
{
    static_cast<Params *>(params)->visit(visitor);
}

/// Reads `object` into a Params, starting from its defaults. `where` names the place in messages
/// ("recipe.json: weights"). Unknown keys, wrong types, values out of range and problems found by
/// `check()` are BadInput errors that name the key.
template <typename Params> Params read(const Json &object, std::string_view where)
{
    Params result;
    readInto(&result, &visitAny<Params>, object, where);
    if constexpr (requires { result.check(); }) {
        if (const std::optional<ParamProblem> problem = result.check()) {
            throwProblem(*problem, where);
        }
    }
    return result;
}

/// Adds every parameter to `object`; read() of the result gives an equal struct.
template <typename Params> void write(Params value, Json &object)
{
    writeFrom(&value, &visitAny<Params>, object);
}

} // namespace params

} // namespace bitprism
