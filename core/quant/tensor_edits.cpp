// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/tensor_edits.h"

#include "core/base/error.h"
#include "core/io/checkpoint.h"
#include "core/quant/tensor_view.h"

#include <algorithm>
#include <span>

namespace bitprism {

namespace {

constexpr std::int64_t floatBytes = 4;

void hashNumber(Sha256 &hash, std::int64_t value)
{
    hash.update(std::as_bytes(std::span(&value, 1)));
}

} // namespace

TensorEdits editsOf(const Block &block, const std::set<std::string> &coded)
{
    TensorEdits edits;
    for (const std::string &name : block.replaced()) {
        if (!coded.contains(name)) {
            edits[name] = cpuFloat(block.tensor(name));
        }
    }
    return edits;
}

void hashEdits(Sha256 &hash, const TensorEdits &edits)
{
    for (const auto &[name, tensor] : edits) {
        hashNumber(hash, std::ssize(name));
        hash.update(name);
        hashNumber(hash, tensor.dim());
        for (const std::int64_t size : tensor.sizes()) {
            hashNumber(hash, size);
        }
        const at::Tensor values = cpuFloat(tensor);
        hash.update(std::as_bytes(
            std::span(values.data_ptr<float>(), static_cast<std::size_t>(values.numel()))));
    }
}

std::int64_t extraBytes(const Model &model, const TensorEdits &edits)
{
    std::int64_t bytes = 0;
    for (const auto &[name, tensor] : edits) {
        const io::TensorInfo &stored = model.checkpoint().require(name);
        const bool isHeld = stored.dtype == io::Dtype::F32
            || ((stored.dtype == io::Dtype::F16 || stored.dtype == io::Dtype::BF16)
                && at::equal(roundToStored(model, name, tensor), tensor));
        bytes += isHeld ? 0 : tensor.numel() * floatBytes - static_cast<std::int64_t>(stored.bytes);
    }
    return bytes;
}

at::Tensor roundToStored(const Model &model, const std::string &name, const at::Tensor &values)
{
    switch (model.checkpoint().require(name).dtype) {
    case io::Dtype::F16: {
        const at::Tensor rounded = values.to(at::kHalf).to(at::kFloat);
        return rounded.isfinite().all().item<bool>() ? rounded : values;
    }
    case io::Dtype::BF16:
        return values.to(at::kBFloat16).to(at::kFloat);
    default:
        return values;
    }
}

void requireEditable(const Model &model, const std::string &name,
                     const std::vector<std::int64_t> &shape, std::string_view where)
{
    const io::TensorInfo *stored = model.checkpoint().find(name);
    std::vector<std::int64_t> expected = stored == nullptr ? shape : stored->shape;
    const std::vector<LayerInfo> &layers = model.info().layers;
    const auto layer = std::find_if(layers.begin(), layers.end(),
                                    [&](const LayerInfo &info) { return info.tensor == name; });
    if (layer != layers.end()) {
        expected = {layer->rows, layer->cols};
    }
    if (stored == nullptr || shape != expected) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 edits the tensor %2, which %3 does not have in that shape; run "
                                "the recipe again."),
                    where, name, model.info().path);
    }
}

} // namespace bitprism
