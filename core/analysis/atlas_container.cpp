// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/atlas_container.h"

#include "core/base/error.h"
#include "core/io/folder.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

constexpr const char *version = "1";
constexpr const char *factsKey = "outlier_atlas";

io::SafetensorsFile opened(const fs::path &path)
{
    if (!io::exists(path)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the file of the outlier atlas is missing (a store that was "
                                "mailed has none); run outliers again."),
                    path);
    }
    return io::SafetensorsFile(path);
}

template <typename T> bool isFinite(std::span<const T> values)
{
    return std::all_of(values.begin(), values.end(), [](T value) { return std::isfinite(value); });
}

} // namespace

void AtlasContents::write(const fs::path &file, const Json &given) const
{
    Json facts = given;
    facts["version"] = version;
    io::SafetensorsWriter writer(file, m_declarations, {{factsKey, facts.dump()}});
    for (const std::span<const std::byte> bytes : m_bytes) {
        writer.write(bytes);
    }
    writer.commit();
}

AtlasFile::AtlasFile(const fs::path &path)
    : m_file(opened(path))
{
    const auto found = m_file.metadata().find(factsKey);
    m_facts = std::make_shared<const Json>(
        found == m_file.metadata().end() ? Json() : Json::parse(found->second, nullptr, false));
    if (!m_facts->is_object() || m_facts->value("version", Json()) != version) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "%1 is no outlier atlas of this version; run outliers again."),
            path);
    }
}

std::int64_t AtlasFile::number(const char *key, std::int64_t least) const
{
    constexpr std::int64_t most = std::int64_t{1} << 40;
    const auto found = m_facts->find(key);
    if (found == m_facts->end() || !found->is_number_integer() || found->get<std::int64_t>() < least
        || found->get<std::int64_t>() > most) {
        fail();
    }
    return found->get<std::int64_t>();
}

bool AtlasFile::flag(const char *key) const { return m_facts->value(key, Json()) == Json(true); }

std::string AtlasFile::text(const char *key) const
{
    const auto found = m_facts->find(key);
    return found != m_facts->end() && found->is_string() ? found->get<std::string>() : "";
}

const io::TensorInfo &AtlasFile::require(const std::string &name, io::Dtype dtype,
                                         const std::vector<std::int64_t> &shape) const
{
    const io::TensorInfo *info = m_file.find(name);
    if (info == nullptr || info->dtype != dtype || info->shape != shape) {
        fail();
    }
    return *info;
}

void AtlasFile::requireFinite(std::span<const float> values) const
{
    if (!isFinite(values)) {
        fail();
    }
}

void AtlasFile::requireFinite(std::span<const double> values) const
{
    if (!isFinite(values)) {
        fail();
    }
}

std::int64_t AtlasFile::rowsOf(const std::string &name, std::size_t dimensions) const
{
    const io::TensorInfo *info = m_file.find(name);
    if (info == nullptr || info->shape.size() != dimensions) {
        fail();
    }
    return info->shape.front();
}

void AtlasFile::fail() const
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: the outlier atlas is damaged; run outliers again."),
                m_file.path());
}

} // namespace bitprism
