// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"

#include "core/base/component.h"

namespace bitprism {

// The kinds that live in the engine; the base module registers the others (core/base/registry.cpp).
#define BITPRISM_ENGINE_KIND_sampler(macro, name) macro(sampler, name)
#define BITPRISM_ENGINE_KIND_transform(macro, name) macro(transform, name)
#define BITPRISM_ENGINE_KIND_weights(macro, name) macro(weights, name)
#define BITPRISM_ENGINE_KIND_activations(macro, name) macro(activations, name)
#define BITPRISM_ENGINE_KIND_kv_cache(macro, name) macro(kv_cache, name)
#define BITPRISM_ENGINE_KIND_metric(macro, name) macro(metric, name)
#define BITPRISM_ENGINE_KIND_exporter(macro, name)
#define BITPRISM_ENGINE_KIND_forward(macro, name) macro(forward, name)
#define BITPRISM_ENGINE_KIND_job(macro, name) macro(job, name)
#define BITPRISM_ENGINE_KIND_bench(macro, name) macro(bench, name)
#define BITPRISM_ENGINE_KIND_allocator(macro, name)
#define BITPRISM_ENGINE_KIND_encoding(macro, name)
#define BITPRISM_ENGINE_KIND_reporter(macro, name)
#define BITPRISM_ENGINE_KIND_family(macro, name)

#define BITPRISM_DECLARE(kind, name) extern const ComponentEntry component_##kind##_##name;
#define COMPONENT(kind, name) BITPRISM_ENGINE_KIND_##kind(BITPRISM_DECLARE, name)
#include "core/components.def"
#undef COMPONENT

void registerEngineComponents()
{
#define BITPRISM_ADDRESS(kind, name) &component_##kind##_##name,
#define COMPONENT(kind, name) BITPRISM_ENGINE_KIND_##kind(BITPRISM_ADDRESS, name)
    const std::vector<const ComponentEntry *> entries{
#include "core/components.def"
    };
#undef COMPONENT
    Registry::instance().add(entries);
}

} // namespace bitprism
