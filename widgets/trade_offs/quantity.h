// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/evaluation.h"
#include "core/store/experiment_store.h"

#include <QString>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitprism {

/// One thing that runs cost, as an axis of the scatter plot.
struct Quantity
{
    enum class Kind
    {
        Bytes,
        AverageBits,
        BitOperations, ///< per token
        MovedBytes, ///< per token
        Seconds,
        Metric, ///< the value of a task
        DeltaNll, ///< of a task with losses, against the unquantized model
        Divergence ///< measured beside a task
    };
    Kind kind = Kind::Bytes;
    std::string task; ///< of Metric, DeltaNll and Divergence
    std::string data;
    QString title; ///< with its unit
    QString shortTitle; ///< for a table's heading
    std::string key{}; ///< this and the next two as in Evaluation
    std::int64_t length = 0;
    std::int64_t stride = 0;
    bool isTaskHigherBetter = false;
    QString axis{}; ///< the title without its data, below a plot's title; empty: the same

    bool operator==(const Quantity &other) const
    {
        return kind == other.kind && isSameMeasurement(*this, other);
    }
    /// Counted for a machine: what running or making the model takes.
    bool isOfMachine() const
    {
        return kind == Kind::BitOperations || kind == Kind::MovedBytes || kind == Kind::Seconds;
    }
    bool isHigherBetter() const { return kind == Kind::Metric && isTaskHigherBetter; }
    /// What a run loses against the unquantized model: zero is that model itself.
    bool isLoss() const;
};

struct QuantityValue
{
    double value = 0;
    std::optional<double> standardError;
};

/// Nothing where the run has no such value.
std::optional<QuantityValue> valueOf(const store::RunRecord &run, const Quantity &quantity);

/// A loss that is no larger than its standard error: it cannot be told from none.
bool isInsideNoise(const QuantityValue &value, const Quantity &quantity);

/// The value of the unquantized model `modelHash`, from the first run on it that knows it; nothing
/// where none does.
std::optional<double> baselineOf(std::span<const store::RunRecord> runs, const Quantity &quantity,
                                 const std::string &modelHash);

/// What at least one run has: size and bits first, then what was measured, and the time.
std::vector<Quantity> quantitiesOf(std::span<const store::RunRecord> runs);

/// As a table or a hover card shows it.
QString quantityText(const std::optional<QuantityValue> &value, const Quantity &quantity);

} // namespace bitprism
