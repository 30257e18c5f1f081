// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/coded_matrix.h"
#include "core/io/checkpoint.h"
#include "tests/fuzz/support.h"

using namespace bitprism;

/// The tensors of a quantized checkpoint, whose first byte says by which format they are read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const char *const configs[]
        = {R"({"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 32}})",
           R"({"quantization_config": {"quant_method": "gptq", "checkpoint_format": "gptq_v2"}})",
           R"({"quantization_config": {"quant_method": "awq", "version": "gemm"}})",
           R"({"quantization_config": {"quant_method": "compressed-tensors",
            "format": "pack-quantized", "version": "0.16.0", "config_groups": {
            "a": {"targets": ["Linear"], "weights": {"num_bits": 4}},
            "b": {"targets": ["m"], "weights": {"num_bits": 3}}}}})"};
    if (size == 0) {
        return 0;
    }
    const std::filesystem::path folder = fuzz::workFolder() / "coded";
    std::filesystem::create_directories(folder);
    fuzz::writeFile("coded/config.json", configs[data[0] % 4]);
    fuzz::writeFile("coded/model.safetensors", fuzz::asText(data + 1, size - 1));
    fuzz::expectErrorOrSuccess([&] {
        const io::Checkpoint checkpoint(folder);
        for (const io::TensorInfo &tensor : checkpoint.tensors()) {
            // A few bytes of scales may stand for a matrix of any size; what is tried is the
            // reader.
            constexpr std::int64_t most = 1 << 22;
            if (tensor.elements() <= most) {
                checkpoint.readFloat(tensor.name);
                codesOf(checkpoint.coded(tensor.name));
            }
        }
    });
    return 0;
}
