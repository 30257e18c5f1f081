// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/kv_cache_quantizer.h"

namespace bitprism {

namespace {

/// Keeps keys and values as they are.
class FullCache final : public KvCacheQuantizer
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::kv_cache,
                "full",
                BITPRISM_TR("Component", "Full precision"),
                "keys and values as they are",
                {}};
    }
    explicit FullCache(const Params &) { }

    bool isIdentity() const override { return true; }
    double storedKeyBits(std::int64_t, std::int64_t) const override { return keyBits(); }
    double storedValueBits(std::int64_t, std::int64_t) const override { return valueBits(); }
    at::Tensor quantizeKeys(const at::Tensor &keys) const override { return keys; }
    at::Tensor quantizeValues(const at::Tensor &values) const override { return values; }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(kv_cache, full, FullCache);

} // namespace bitprism
