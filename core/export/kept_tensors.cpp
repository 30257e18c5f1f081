// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/kept_tensors.h"

#include <set>
#include <string>

namespace bitprism {

std::vector<const io::TensorInfo *> keptTensors(const io::Checkpoint &checkpoint)
{
    constexpr std::string_view suffix = ".weight";
    std::set<std::string> scales;
    for (const io::TensorInfo &tensor : checkpoint.tensors()) {
        if (!isEightBitFloat(tensor.dtype)) {
            continue;
        }
        scales.insert(tensor.name + "_scale");
        scales.insert(tensor.name + "_scale_inv");
        if (tensor.name.ends_with(suffix)) {
            const std::string module = tensor.name.substr(0, tensor.name.size() - suffix.size());
            scales.insert(module + ".input_scale");
            scales.insert(module + ".activation_scale");
        }
    }
    std::vector<const io::TensorInfo *> kept;
    for (const io::TensorInfo &tensor : checkpoint.tensors()) {
        if (!scales.contains(tensor.name)) {
            kept.push_back(&tensor);
        }
    }
    return kept;
}

} // namespace bitprism
