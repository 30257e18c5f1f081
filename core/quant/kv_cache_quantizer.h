// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/models/block.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace bitprism {

/// Rounds the keys and values that attention keeps. A component of kind `kv_cache`; stateless.
class KvCacheQuantizer
{
public:
    using Interface = KvCacheQuantizer;
    static constexpr Kind kind = Kind::kv_cache;
    virtual ~KvCacheQuantizer() = default;

    /// True for the component that changes nothing.
    virtual bool isIdentity() const { return false; }
    virtual int keyBits() const { return 16; }
    virtual int valueBits() const { return 16; }
    /// Bits that a key takes among `positions` >= 0 of them, with its share of the grids.
    /// `headSize` 0: unknown, grids of whole tokens are not counted.
    virtual double storedKeyBits(std::int64_t headSize, std::int64_t positions) const = 0;
    virtual double storedValueBits(std::int64_t headSize, std::int64_t positions) const = 0;
    /// `keys` [samples, heads, length, head size], rotary positions applied.
    virtual at::Tensor quantizeKeys(const at::Tensor &keys) const = 0;
    virtual at::Tensor quantizeValues(const at::Tensor &values) const = 0;
};

/// Lets every block attend to rounded keys and values, in evaluation and in generation alike.
class KvCacheHooks final : public BlockHooks
{
public:
    explicit KvCacheHooks(std::shared_ptr<const KvCacheQuantizer> quantizer)
        : m_quantizer(std::move(quantizer))
    {
    }
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override;

private:
    std::shared_ptr<const KvCacheQuantizer> m_quantizer;
};

/// Several hooks in a row; null for none.
std::shared_ptr<BlockHooks> hooksInARow(std::vector<std::shared_ptr<BlockHooks>> hooks);

} // namespace bitprism
