// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_reader.h"

#include "core/base/utf8.h"
#include "core/io/file.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism::io {

namespace {

struct Place
{
    std::size_t line = 1;
    std::size_t column = 1;
};

Place placeOf(std::string_view text, std::size_t position)
{
    const std::string_view before = text.substr(0, std::min(position, text.size()));
    const std::size_t newline = before.rfind('\n');
    return {static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
            newline == std::string_view::npos ? before.size() + 1 : before.size() - newline};
}

/// Builds the document and refuses what Json::parse accepts silently: duplicate keys and nesting
/// that would overflow the stack when the document is copied or destroyed.
class Builder final : public nlohmann::json_sax<Json>
{
public:
    Builder(std::string_view where, int maxDepth)
        : m_where(where)
        , m_maxDepth(static_cast<std::size_t>(maxDepth))
    {
    }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t &) override { return add(value); }
    bool string(string_t &value) override { return add(std::move(value)); }
    bool binary(binary_t &) override { return false; }

    bool start_object(std::size_t) override { return push(Json::object()); }
    bool start_array(std::size_t) override { return push(Json::array()); }
    bool end_object() override { return pop(); }
    bool end_array() override { return pop(); }

    bool key(string_t &value) override
    {
        const auto [place, isNew]
            = m_stack.back()->get_ref<Json::object_t &>().emplace(value, nullptr);
        if (!isNew) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: the key \"%2\" stands twice in one object; "
                                    "remove one."),
                        m_where, value);
        }
        m_slot = &place->second;
        return true;
    }

    bool parse_error(std::size_t position, const std::string &, const Json::exception &) override
    {
        errorPosition = position == 0 ? 0 : position - 1;
        return false;
    }

    Json root;
    std::size_t errorPosition = 0;

private:
    template <typename Value> bool add(Value &&value)
    {
        place(Json(std::forward<Value>(value)));
        return true;
    }

    Json *place(Json value)
    {
        if (m_stack.empty()) {
            root = std::move(value);
            return &root;
        }
        Json &parent = *m_stack.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        *m_slot = std::move(value);
        return m_slot;
    }

    bool push(Json container)
    {
        if (m_stack.size() >= m_maxDepth) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: nested more than %2 levels deep; no file of this "
                                    "kind needs that."),
                        m_where, m_maxDepth);
        }
        m_stack.push_back(place(std::move(container)));
        return true;
    }

    bool pop()
    {
        m_stack.pop_back();
        return true;
    }

    std::string m_where;
    std::size_t m_maxDepth;
    std::vector<Json *> m_stack; ///< open containers; a parent grows only while its child is closed
    Json *m_slot = nullptr;
};

} // namespace

Json parseJson(std::string_view text, std::string_view where, const JsonLimits &limits)
{
    if (text.size() > limits.maxBytes) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: %2 bytes of JSON exceed the limit of %3."), where,
                    text.size(), limits.maxBytes);
    }
    if (const std::optional<std::size_t> position = invalidUtf8Position(text)) {
        const Place place = placeOf(text, *position);
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: invalid UTF-8 at line %2, column %3; the file is "
                                "damaged or not text."),
                    where, place.line, place.column);
    }
    Builder builder(where, limits.maxDepth);
    if (!Json::sax_parse(text, &builder)) {
        const Place place = placeOf(text, builder.errorPosition);
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: not valid JSON at line %2, column %3; it is damaged "
                                "or not JSON."),
                    where, place.line, place.column);
    }
    return std::move(builder.root);
}

Json readJsonFile(const std::filesystem::path &path, const JsonLimits &limits)
{
    return parseJson(readWholeFile(path, limits.maxBytes), path.string(), limits);
}

} // namespace bitprism::io
