// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parameters.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace bitprism {

namespace {

std::string listOf(const std::vector<Choice> &choices)
{
    std::string text;
    for (const Choice &choice : choices) {
        text += (text.empty() ? "" : ", ") + std::string(choice.value);
    }
    return text;
}

class Reader final : public ParamVisitor
{
public:
    Reader(const Json &object, std::string_view where)
        : m_where(where)
    {
        if (!object.is_object()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: expected an object with parameters."), where);
        }
        for (const auto &[key, value] : object.items()) {
            if (key != "id") {
                m_values.emplace(key, value);
            }
        }
    }

    using ParamVisitor::integer;

    void integer(std::string_view key, std::int64_t &value, IntRange range,
                 const ParamText &) override
    {
        const Json *given = take(key);
        if (given == nullptr) {
            return;
        }
        if (!given->is_number_integer()) {
            fail(key, *given, "an integer");
        }
        const bool huge = given->is_number_unsigned()
            && given->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
        if (huge || given->get<std::int64_t>() < range.min
            || given->get<std::int64_t>() > range.max) {
            failRange(key, *given, std::to_string(range.min), std::to_string(range.max));
        }
        value = given->get<std::int64_t>();
    }

    void real(std::string_view key, double &value, RealRange range, const ParamText &) override
    {
        const Json *given = take(key);
        if (given == nullptr) {
            return;
        }
        if (!given->is_number()) {
            fail(key, *given, "a number");
        }
        const double number = given->get<double>();
        if (!(number >= range.min && number <= range.max)) {
            failRange(key, *given, errorArgument(range.min), errorArgument(range.max));
        }
        value = number;
    }

    void flag(std::string_view key, bool &value, const ParamText &) override
    {
        if (const Json *given = take(key)) {
            if (!given->is_boolean()) {
                fail(key, *given, "true or false");
            }
            value = given->get<bool>();
        }
    }

    void choice(std::string_view key, std::string &value, const std::vector<Choice> &choices,
                const ParamText &) override
    {
        const Json *given = take(key);
        if (given == nullptr) {
            return;
        }
        const bool known = given->is_string()
            && std::any_of(choices.begin(), choices.end(), [&](const Choice &candidate) {
                               return candidate.value == given->get_ref<const std::string &>();
                           });
        if (!known) {
            fail(key, *given, "one of " + listOf(choices));
        }
        value = given->get<std::string>();
    }

    void path(std::string_view key, std::string &value, const ParamText &) override
    {
        if (const Json *given = take(key)) {
            if (!given->is_string()) {
                fail(key, *given, "a path");
            }
            value = given->get<std::string>();
        }
    }

    void text(std::string_view key, std::string &value, const ParamText &) override
    {
        if (const Json *given = take(key)) {
            if (!given->is_string()) {
                fail(key, *given, "a text");
            }
            value = given->get<std::string>();
        }
    }

    void json(std::string_view key, Json &value, const ParamText &) override
    {
        if (const Json *given = take(key)) {
            value = *given;
        }
    }

    void alias(std::string_view oldKey, std::string_view newKey) override
    {
        const auto found = m_values.find(oldKey);
        if (found != m_values.end()) {
            Json value = std::move(found->second);
            m_values.erase(found);
            m_values.emplace(newKey, std::move(value));
        }
    }

    void finish() const
    {
        for (const auto &[key, value] : m_values) {
            if (!m_taken.contains(key)) {
                std::string known;
                for (const std::string &name : m_known) {
                    known += (known.empty() ? "" : ", ") + name;
                }
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "%1: unknown key \"%2\"; it takes: %3."), m_where,
                            key, known.empty() ? std::string("no parameters") : known);
            }
        }
    }

private:
    const Json *take(std::string_view key)
    {
        m_known.emplace_back(key);
        const auto found = m_values.find(key);
        if (found == m_values.end()) {
            return nullptr;
        }
        m_taken.emplace(key);
        return &found->second;
    }

    [[noreturn]] void fail(std::string_view key, const Json &given, std::string_view wanted) const
    {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: \"%2\" is %3, but must be %4."),
                    m_where, key, shown(given), wanted);
    }

    [[noreturn]] void failRange(std::string_view key, const Json &given, std::string_view min,
                                std::string_view max) const
    {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: \"%2\" is %3, but must lie between %4 and %5."),
                    m_where, key, shown(given), min, max);
    }

    static std::string shown(const Json &value)
    {
        return value.dump(-1, ' ', false, Json::error_handler_t::replace);
    }

    std::string m_where;
    std::map<std::string, Json, std::less<>> m_values;
    std::set<std::string, std::less<>> m_taken;
    std::vector<std::string> m_known;
};

/// Applies the aliases to a reader and reads nothing.
class AliasWalk final : public ParamVisitor
{
public:
    explicit AliasWalk(Reader &reader)
        : m_reader(reader)
    {
    }

    using ParamVisitor::integer;
    void integer(std::string_view, std::int64_t &, IntRange, const ParamText &) override { }
    void real(std::string_view, double &, RealRange, const ParamText &) override { }
    void flag(std::string_view, bool &, const ParamText &) override { }
    void choice(std::string_view, std::string &, const std::vector<Choice> &,
                const ParamText &) override
    {
    }
    void path(std::string_view, std::string &, const ParamText &) override { }
    void json(std::string_view, Json &, const ParamText &) override { }
    void alias(std::string_view oldKey, std::string_view newKey) override
    {
        m_reader.alias(oldKey, newKey);
    }

private:
    Reader &m_reader;
};

class Writer final : public ParamVisitor
{
public:
    explicit Writer(Json &object)
        : m_object(object)
    {
    }

    using ParamVisitor::integer;
    void integer(std::string_view key, std::int64_t &value, IntRange, const ParamText &) override
    {
        m_object[std::string(key)] = value;
    }
    void real(std::string_view key, double &value, RealRange, const ParamText &) override
    {
        m_object[std::string(key)] = value;
    }
    void flag(std::string_view key, bool &value, const ParamText &) override
    {
        m_object[std::string(key)] = value;
    }
    void choice(std::string_view key, std::string &value, const std::vector<Choice> &,
                const ParamText &) override
    {
        m_object[std::string(key)] = value;
    }
    void path(std::string_view key, std::string &value, const ParamText &) override
    {
        m_object[std::string(key)] = value;
    }
    void json(std::string_view key, Json &value, const ParamText &) override
    {
        m_object[std::string(key)] = value;
    }

private:
    Json &m_object;
};

} // namespace

void ParamVisitor::enabledIf(std::string_view, std::string_view) { }

void ParamVisitor::text(std::string_view key, std::string &value, const ParamText &text)
{
    path(key, value, text);
}

void ParamVisitor::alias(std::string_view, std::string_view) { }

void ParamVisitor::integer(std::string_view key, int &value, IntRange range, const ParamText &text)
{
    BITPRISM_ASSERT(range.min >= INT32_MIN && range.max <= INT32_MAX, "the range must fit an int");
    std::int64_t wide = value;
    integer(key, wide, range, text);
    value = static_cast<int>(wide);
}

ParamInfo &ParamDescriber::add(std::string_view key, std::string_view type, const ParamText &text)
{
    ParamInfo info;
    info.key = key;
    info.type = type;
    info.text = text;
    m_parameters.push_back(std::move(info));
    return m_parameters.back();
}

void ParamDescriber::integer(std::string_view key, std::int64_t &value, IntRange range,
                             const ParamText &text)
{
    ParamInfo &info = add(key, "integer", text);
    info.defaultValue = Json(value).dump();
    info.min = static_cast<double>(range.min);
    info.max = static_cast<double>(range.max);
}

void ParamDescriber::real(std::string_view key, double &value, RealRange range,
                          const ParamText &text)
{
    ParamInfo &info = add(key, "real", text);
    info.defaultValue = Json(value).dump();
    info.min = range.min;
    info.max = range.max;
    info.scale = range.scale;
}

void ParamDescriber::flag(std::string_view key, bool &value, const ParamText &text)
{
    add(key, "flag", text).defaultValue = Json(value).dump();
}

void ParamDescriber::choice(std::string_view key, std::string &value,
                            const std::vector<Choice> &choices, const ParamText &text)
{
    ParamInfo &info = add(key, "choice", text);
    info.defaultValue = Json(value).dump();
    info.choices = choices;
}

void ParamDescriber::path(std::string_view key, std::string &value, const ParamText &text)
{
    add(key, "path", text).defaultValue = Json(value).dump();
}

void ParamDescriber::text(std::string_view key, std::string &value, const ParamText &text)
{
    add(key, "text", text).defaultValue = Json(value).dump();
}

void ParamDescriber::json(std::string_view key, Json &value, const ParamText &text)
{
    add(key, "json", text).defaultValue = value.dump();
}

void ParamDescriber::enabledIf(std::string_view key, std::string_view value)
{
    BITPRISM_ASSERT(!m_parameters.empty(), "enabledIf follows the parameter it applies to");
    m_parameters.back().enabledKey = key;
    m_parameters.back().enabledValue = value;
}

namespace params {

void readInto(void *params, VisitFunction visit, const Json &object, std::string_view where)
{
    Reader reader(object, where);
    // Aliases may stand behind what they rename, so a first walk applies them before the values are
    // read.
    AliasWalk aliases(reader);
    visit(params, aliases);
    visit(params, reader);
    reader.finish();
}

void writeFrom(void *params, VisitFunction visit, Json &object)
{
    Writer writer(object);
    visit(params, writer);
}

void throwProblem(const ParamProblem &problem, std::string_view where)
{
    // The sentence uses the first three; the others are for who says the problem in another
    // language (nestedText() in widgets/shared/text.h).
    std::vector<std::string> arguments{std::string(where), problem.key,
                                       substitute(problem.message.text, problem.arguments),
                                       problem.message.context, problem.message.text};
    arguments.insert(arguments.end(), problem.arguments.begin(), problem.arguments.end());
    throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: \"%2\": %3"), std::move(arguments));
}

} // namespace params

} // namespace bitprism
