// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace bitprism::train {

/// A safetensors file read tensor by tensor.
class TensorFile
{
public:
    struct Tensor
    {
        std::string name;
        std::string dtype;
        std::vector<std::int64_t> shape;
        std::uint64_t begin = 0; // bytes behind the header
        std::uint64_t end = 0;

        std::int64_t cols() const { return shape.empty() ? 1 : shape.back(); }
    };

    /// Throws BadInput when the file cannot be read or its header is wrong.
    explicit TensorFile(const std::filesystem::path &path);

    const std::vector<Tensor> &tensors() const { return m_tensors; } // in the order of their data
    const Tensor *find(const std::string &name) const;
    const std::string &header() const { return m_header; } // the JSON text with its padding
    std::string bytesOf(const Tensor &tensor);

private:
    void parseHeader(std::uint64_t dataBytes);

    std::filesystem::path m_path;
    std::ifstream m_file;
    std::string m_header;
    std::vector<Tensor> m_tensors;
};

/// Values of a tensor of dtype F32 or BF16, and back; throws BadInput on other dtypes.
std::vector<float> valuesOf(const std::string &dtype, const std::string &bytes);
std::string bytesOfValues(const std::string &dtype, const std::vector<float> &values);

} // namespace bitprism::train
