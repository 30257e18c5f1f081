// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_rules.h"

#include <cmath>

namespace bitprism::train {

void addLinear(std::vector<LearnedTensor> &rules, const std::string &name, std::int64_t rows,
               std::int64_t cols, double deviation, bool hasBias)
{
    rules.push_back(
        {name + ".weight", {rows, cols}, LearnedTensor::Start::Normal, deviation, true});
    if (hasBias) {
        rules.push_back({name + ".bias", {rows}, LearnedTensor::Start::Constant, 0});
    }
}

void addKernel(std::vector<LearnedTensor> &rules, const std::string &name,
               std::vector<std::int64_t> shape, double deviation)
{
    rules.push_back({name, std::move(shape), LearnedTensor::Start::Normal, deviation, true});
}

void addNorm(std::vector<LearnedTensor> &rules, const std::string &name, std::int64_t size,
             bool hasBias)
{
    rules.push_back({name + ".weight", {size}, LearnedTensor::Start::Constant, 1});
    if (hasBias) {
        rules.push_back({name + ".bias", {size}, LearnedTensor::Start::Constant, 0});
    }
}

double residualDeviation(int blocks) { return 0.02 / std::sqrt(2.0 * blocks); }

} // namespace bitprism::train
