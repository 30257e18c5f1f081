// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/tensor_edits.h"

#include "core/base/error.h"
#include "core/io/checkpoint.h"
#include "core/quant/tensor_view.h"

#include <algorithm>
#include <span>

namespace bitprism {

namespace {

constexpr std::int64_t editBytes = 4;

void hashNumber(Sha256 &hash, std::int64_t value)
{
    hash.update(std::as_bytes(std::span(&value, 1)));
}

/// The checkpoint's tensor behind a name: its own, or the one that it is read from where blocks
/// share theirs (layers tell by which prefix). Null: neither.
const io::TensorInfo *storedFor(const Model &model, const std::string &name)
{
    if (const io::TensorInfo *own = model.checkpoint().find(name)) {
        return own;
    }
    for (const LayerInfo &layer : model.info().layers) {
        const auto [ownEnd, sharedEnd] = std::mismatch(layer.tensor.rbegin(), layer.tensor.rend(),
                                                       layer.source.rbegin(), layer.source.rend());
        const std::string own(ownEnd, layer.tensor.rend()); // reversed
        if (!layer.source.empty() && name.size() > own.size()
            && std::equal(own.rbegin(), own.rend(), name.begin())) {
            const std::string shared(sharedEnd, layer.source.rend());
            const std::string source
                = std::string(shared.rbegin(), shared.rend()) + name.substr(own.size());
            if (const io::TensorInfo *found = model.checkpoint().find(source)) {
                return found;
            }
        }
    }
    return nullptr;
}

const io::TensorInfo &requireStored(const Model &model, const std::string &name)
{
    const io::TensorInfo *stored = storedFor(model, name);
    return stored != nullptr ? *stored : model.checkpoint().require(name);
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
        const io::TensorInfo &stored = requireStored(model, name);
        const bool isHeld = stored.dtype == io::Dtype::F32
            || ((stored.dtype == io::Dtype::F16 || stored.dtype == io::Dtype::BF16)
                && at::equal(roundToStored(model, name, tensor), tensor));
        const auto storedBytes = static_cast<std::int64_t>(stored.bytes);
        const auto elementBytes
            = isHeld ? static_cast<std::int64_t>(io::dtypeBytes(stored.dtype)) : editBytes;
        bytes += tensor.numel() * elementBytes; // not `stored.bytes`: codes of an import are fewer
        bytes -= stored.name == name ? storedBytes : 0; // a shared tensor gets a copy of its own
    }
    return bytes;
}

at::Tensor roundToStored(const Model &model, const std::string &name, const at::Tensor &values)
{
    switch (requireStored(model, name).dtype) {
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
    const io::TensorInfo *stored = storedFor(model, name);
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
