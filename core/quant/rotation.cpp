// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/rotation.h"

#include "core/base/error.h"

#include <span>

namespace bitprism {

namespace {

template <typename T>
void multiplyRows(const at::Tensor &values, const HadamardMatrix &matrix, bool isTransposed)
{
    matrix.multiplyRows(
        std::span<T>(values.data_ptr<T>(), static_cast<std::size_t>(values.numel())), isTransposed);
}

/// The gradient of x M is g M^T.
class RowProduct
{
public:
    RowProduct(const HadamardMatrix &matrix, bool isTransposed)
        : m_matrix(matrix)
        , m_isTransposed(isTransposed)
    {
    }

    at::Tensor onCpu(const at::Tensor &x) const
    {
        at::Tensor result = x.contiguous().clone();
        if (result.scalar_type() == at::kDouble) {
            multiplyRows<double>(result, m_matrix, m_isTransposed);
        } else {
            multiplyRows<float>(result, m_matrix, m_isTransposed);
        }
        return result;
    }

    /// Where gradients or another device are asked for: dense factors, [..., blocks, order, power].
    at::Tensor byFactors(const at::Tensor &x) const
    {
        const std::int64_t order = m_matrix.order();
        const std::int64_t power = m_matrix.power();
        at::Tensor y = x.reshape({-1, order, power});
        y = at::matmul(y, factor(power, x));
        if (order > 1) {
            y = at::matmul(factor(order, x).t(), y);
        }
        return y.reshape(x.sizes());
    }

private:
    at::Tensor factor(std::int64_t size, const at::Tensor &like) const
    {
        const HadamardMatrix part(size);
        std::vector<double> dense = part.dense();
        const at::Tensor matrix
            = at::from_blob(dense.data(), {size, size}, at::kDouble).clone().to(like.options());
        return m_isTransposed ? matrix.t() : matrix;
    }

    const HadamardMatrix &m_matrix;
    bool m_isTransposed;
};

} // namespace

Rotation::Rotation(std::int64_t size, Shape shape, Random random)
    : m_matrix(size)
    , m_shape(shape)
    , m_signs(at::ones({size}, at::kDouble))
{
    if (shape == Shape::Plain) {
        return;
    }
    double *signs = m_signs.data_ptr<double>();
    for (std::int64_t i = 0; i < size; ++i) {
        signs[i] = random.below(2) == 0 ? 1 : -1;
        if (shape == Shape::KeepsOnes && i % m_matrix.blockSize() == 0) {
            signs[i] = 1;
        }
    }
}

at::Tensor Rotation::byMatrix(const at::Tensor &x, bool isTransposed) const
{
    const RowProduct product(m_matrix, isTransposed);
    return x.requires_grad() || !x.is_cpu() ? product.byFactors(x) : product.onCpu(x);
}

at::Tensor Rotation::multiplied(const at::Tensor &x, bool isTransposed) const
{
    BITPRISM_ASSERT(x.size(-1) == size(), "what is rotated has the rotation's size");
    const auto withSigns = [&](const at::Tensor &y) { return y * m_signs.to(y.options()); };
    switch (m_shape) {
    case Shape::Plain:
        return byMatrix(x, isTransposed);
    case Shape::Signed:
        return isTransposed ? withSigns(byMatrix(x, true)) : byMatrix(withSigns(x), false);
    case Shape::KeepsOnes:
        return byMatrix(withSigns(byMatrix(x, false)), true); // symmetric
    }
    BITPRISM_ASSERT(false, "every shape is handled");
}

} // namespace bitprism
