// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/component.h"

#include <algorithm>
#include <mutex>

namespace bitprism {

std::string_view kindName(Kind kind)
{
    switch (kind) {
    case Kind::sampler:
        return "sampler";
    case Kind::transform:
        return "transform";
    case Kind::allocator:
        return "allocator";
    case Kind::weights:
        return "weights";
    case Kind::activations:
        return "activations";
    case Kind::kv_cache:
        return "kv_cache";
    case Kind::encoding:
        return "encoding";
    case Kind::metric:
        return "metric";
    case Kind::exporter:
        return "exporter";
    case Kind::reporter:
        return "reporter";
    case Kind::family:
        return "family";
    case Kind::forward:
        return "forward";
    case Kind::job:
        return "job";
    case Kind::bench:
        return "bench";
    }
    return "";
}

Registry &Registry::instance()
{
    static Registry registry;
    return registry;
}

void Registry::add(std::span<const ComponentEntry *const> entries)
{
    const std::unique_lock lock(m_mutex);
    for (const ComponentEntry *entry : entries) {
        ComponentInfo info = entry->info();
        if (findLocked(entry->kind, info.id) == nullptr) {
            m_entries.emplace_back(std::move(info), entry);
        }
    }
}

const ComponentEntry *Registry::find(Kind kind, std::string_view id) const
{
    const std::shared_lock lock(m_mutex);
    return findLocked(kind, id);
}

const ComponentEntry *Registry::findLocked(Kind kind, std::string_view id) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&](const auto &entry) {
        return entry.second->kind == kind && entry.first.id == id;
    });
    return found == m_entries.end() ? nullptr : found->second;
}

const ComponentEntry &Registry::require(Kind kind, std::string_view id,
                                        std::string_view where) const
{
    if (const ComponentEntry *entry = find(kind, id)) {
        return *entry;
    }
    std::string known;
    for (const std::string &name : ids(kind)) {
        known += (known.empty() ? "" : ", ") + name;
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: unknown %2 \"%3\"; choose from: %4."), where,
                kindName(kind), id, known);
}

std::vector<ComponentInfo> Registry::components() const
{
    const std::shared_lock lock(m_mutex);
    std::vector<ComponentInfo> result;
    for (const auto &entry : m_entries) {
        result.push_back(entry.first);
    }
    return result;
}

std::vector<std::string> Registry::ids(Kind kind) const
{
    const std::shared_lock lock(m_mutex);
    std::vector<std::string> result;
    for (const auto &entry : m_entries) {
        if (entry.second->kind == kind) {
            result.push_back(entry.first.id);
        }
    }
    return result;
}

} // namespace bitprism
