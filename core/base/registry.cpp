// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/component.h"

namespace bitprism {

// The kinds that live in the base module; the engine registers the others (core/jobs/registry.cpp).
#define BITPRISM_BASE_KIND_allocator(macro, name) macro(allocator, name)
#define BITPRISM_BASE_KIND_encoding(macro, name) macro(encoding, name)
#define BITPRISM_BASE_KIND_reporter(macro, name) macro(reporter, name)
#define BITPRISM_BASE_KIND_family(macro, name) macro(family, name)
#define BITPRISM_BASE_KIND_sampler(macro, name)
#define BITPRISM_BASE_KIND_transform(macro, name)
#define BITPRISM_BASE_KIND_weights(macro, name)
#define BITPRISM_BASE_KIND_activations(macro, name)
#define BITPRISM_BASE_KIND_kv_cache(macro, name)
#define BITPRISM_BASE_KIND_metric(macro, name)
#define BITPRISM_BASE_KIND_exporter(macro, name) macro(exporter, name)
#define BITPRISM_BASE_KIND_forward(macro, name)
#define BITPRISM_BASE_KIND_job(macro, name)
#define BITPRISM_BASE_KIND_bench(macro, name)

#define BITPRISM_DECLARE(kind, name) extern const ComponentEntry component_##kind##_##name;
#define COMPONENT(kind, name) BITPRISM_BASE_KIND_##kind(BITPRISM_DECLARE, name)
#include "core/components.def"
#undef COMPONENT

Registry::Registry()
{
#define BITPRISM_ADDRESS(kind, name) &component_##kind##_##name,
#define COMPONENT(kind, name) BITPRISM_BASE_KIND_##kind(BITPRISM_ADDRESS, name)
    const std::vector<const ComponentEntry *> entries{
#include "core/components.def"
    };
#undef COMPONENT
    add(entries);
}

} // namespace bitprism
