// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <functional>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// The kinds of component; the names are the first argument of COMPONENT in core/components.def.
enum class Kind
{
    sampler,
    transform,
    allocator,
    weights,
    activations,
    kv_cache, ///< rounds the keys and values that attention keeps
    encoding, ///< how one quantized layer is stored: codes, grids, codebooks
    metric,
    exporter,
    reporter,
    family,
    forward, ///< the forward pass of a family
    job,
    bench,
};

std::string_view kindName(Kind kind);

/// What a component says of itself.
struct ComponentInfo
{
    Kind kind = Kind::job;
    std::string id; ///< kebab-case, equal to the file name with dashes
    TranslatableText title;
    std::string source; ///< publication and equation, or the format's name
    std::vector<ParamInfo> parameters; ///< filled by the registry
};

/// One line of the registry. `create` returns a pointer to the kind's interface class; the typed
/// create<Interface>() below is the way in.
struct ComponentEntry
{
    Kind kind;
    ComponentInfo (*info)();
    void *(*create)(const Json &params, std::string_view where);
    /// Checks `params` and writes it to `result` with every default filled in.
    void (*normalize)(const Json &params, std::string_view where, Json &result);
};

/// Components without parameters need no struct of their own.
struct NoParams
{
    void visit(ParamVisitor &) { }
};

class Registry
{
public:
    /// The one registry of the process: base components from the start, the engine's once it is
    /// loaded. Safe from any thread: the window reads it while the engine adds its own.
    static Registry &instance();

    void add(std::span<const ComponentEntry *const> entries);

    const ComponentEntry *find(Kind kind, std::string_view id) const;
    /// Throws BadInput, with the known ids, for an unknown one. `where` as in params::read.
    const ComponentEntry &require(Kind kind, std::string_view id, std::string_view where) const;
    std::vector<ComponentInfo> components() const;
    std::vector<std::string> ids(Kind kind) const;

private:
    Registry();
    const ComponentEntry *findLocked(Kind kind, std::string_view id) const;

    mutable std::shared_mutex m_mutex;
    std::vector<std::pair<ComponentInfo, const ComponentEntry *>> m_entries;
};

/// Makes a component from its parameters. `Interface` is the kind's interface class, for example
/// create<WeightQuantizer>("rtn", params, "recipe: weights").
template <typename Interface>
std::unique_ptr<Interface> create(std::string_view id, const Json &params, std::string_view where)
{
    const ComponentEntry &entry = Registry::instance().require(Interface::kind, id, where);
    return std::unique_ptr<Interface>(static_cast<Interface *>(entry.create(params, where)));
}

namespace detail {

template <typename Component> ComponentInfo componentInfo()
{
    ComponentInfo info = Component::info();
    info.kind = Component::Interface::kind;
    typename Component::Params params;
    ParamDescriber describer;
    params.visit(describer);
    info.parameters = describer.parameters();
    return info;
}

template <typename Component> void *createComponent(const Json &json, std::string_view where)
{
    typename Component::Interface *made
        = new Component(params::read<typename Component::Params>(json, where));
    return made;
}

template <typename Component>
void normalizeParams(const Json &json, std::string_view where, Json &result)
{
    params::write(params::read<typename Component::Params>(json, where), result);
}

} // namespace detail

} // namespace bitprism

/// Stands once in a component's .cpp file, in namespace bitprism; the matching line in
/// core/components.def is COMPONENT(kind, name). `Type` derives from its kind's interface class,
/// which declares `using Interface = ...` and `static constexpr Kind kind`.
#define BITPRISM_EXPORT_COMPONENT(kindName, name, Type)                                            \
    extern const ::bitprism::ComponentEntry component_##kindName##_##name;                         \
    const ::bitprism::ComponentEntry component_##kindName##_##name                                 \
    {                                                                                              \
        ::bitprism::Kind::kindName, &::bitprism::detail::componentInfo<Type>,                      \
            &::bitprism::detail::createComponent<Type>, &::bitprism::detail::normalizeParams<Type> \
    }
