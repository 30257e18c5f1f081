// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/tensor_file.h"

#include "app/train/kernels.h"
#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>

namespace bitprism::train {

namespace {

constexpr std::uint64_t lengthBytes = 8;

std::uint64_t elementBytes(const std::string &dtype)
{
    return dtype == "F32" ? sizeof(float) : dtype == "BF16" ? sizeof(Bfloat16) : 0;
}

} // namespace

TensorFile::TensorFile(const std::filesystem::path &path)
    : m_path(path)
    , m_file(path, std::ios::binary)
{
    std::error_code error;
    const std::uint64_t fileBytes = std::filesystem::file_size(path, error);
    std::uint64_t headerBytes = 0;
    m_file.read(reinterpret_cast<char *>(&headerBytes), lengthBytes);
    if (!m_file || error || headerBytes > fileBytes - lengthBytes) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: cannot be read, or is no safetensors file."), path);
    }
    m_header.resize(headerBytes);
    m_file.read(m_header.data(), std::streamsize(headerBytes));
    parseHeader(fileBytes - lengthBytes - headerBytes);
}

void TensorFile::parseHeader(std::uint64_t dataBytes)
{
    try {
        const nlohmann::json header = nlohmann::json::parse(m_header);
        for (const auto &[name, entry] : header.items()) {
            if (name == "__metadata__") {
                continue;
            }
            Tensor tensor{name, entry.at("dtype"), entry.at("shape"),
                          entry.at("data_offsets").at(0), entry.at("data_offsets").at(1)};
            if (tensor.begin > tensor.end || tensor.end > dataBytes) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "%1: %2 lies outside the file."), m_path, name);
            }
            m_tensors.push_back(std::move(tensor));
        }
    } catch (const nlohmann::json::exception &) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the header is no valid safetensors header."), m_path);
    }
    std::sort(m_tensors.begin(), m_tensors.end(),
              [](const Tensor &a, const Tensor &b) { return a.begin < b.begin; });
}

const TensorFile::Tensor *TensorFile::find(const std::string &name) const
{
    const auto found = std::find_if(m_tensors.begin(), m_tensors.end(),
                                    [&name](const Tensor &tensor) { return tensor.name == name; });
    return found == m_tensors.end() ? nullptr : &*found;
}

std::string TensorFile::bytesOf(const Tensor &tensor)
{
    std::string bytes(tensor.end - tensor.begin, '\0');
    m_file.seekg(std::streamoff(lengthBytes + m_header.size() + tensor.begin));
    m_file.read(bytes.data(), std::streamsize(bytes.size()));
    if (!m_file) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: %2 cannot be read."), m_path,
                    tensor.name);
    }
    return bytes;
}

std::vector<float> valuesOf(const std::string &dtype, const std::string &bytes)
{
    const std::uint64_t size = elementBytes(dtype);
    if (size == 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "Tensors of type %1 are not supported; use BF16 or F32."),
                    dtype);
    }
    std::vector<float> values(bytes.size() / size);
    if (dtype == "F32") {
        std::memcpy(values.data(), bytes.data(), values.size() * size);
        return values;
    }
    std::vector<Bfloat16> stored(values.size());
    std::memcpy(stored.data(), bytes.data(), values.size() * size);
    toFloat(stored.data(), values.data(), values.size());
    return values;
}

std::string bytesOfValues(const std::string &dtype, const std::vector<float> &values)
{
    std::string bytes(values.size() * elementBytes(dtype), '\0');
    if (dtype == "F32") {
        std::memcpy(bytes.data(), values.data(), bytes.size());
        return bytes;
    }
    std::vector<Bfloat16> stored(values.size());
    toStorage(values.data(), stored.data(), values.size());
    std::memcpy(bytes.data(), stored.data(), bytes.size());
    return bytes;
}

} // namespace bitprism::train
