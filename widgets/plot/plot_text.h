// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

namespace bitprism {

/// Four significant digits in the user's locale, small and large ones with an exponent; an en dash
/// for what is not finite, "0" for zero.
QString plotNumber(double value);
/// How the numbers of one column are written, all alike.
struct Notation
{
    int decimals = 0;
    bool isExponent = false;
};
/// The largest of the values has `digits` significant ones, and each that is not zero at least
/// `least`; with exponents where that would take too many decimals.
Notation commonNotation(const std::vector<double> &values, int digits = 4, int least = 0);
QString notedNumber(double value, const Notation &notation);
/// With its standard error, to the error's second digit: "(2.84 ± 0.24)e−04" where the notation has
/// exponents.
QString notedNumber(double value, double standardError, const Notation &notation);
/// A difference: with its sign, unless it shows as zero.
QString signedNotedNumber(double value, const Notation &notation);
/// The value with its standard error: "0.0132 ± 0.0004"; without where that is not finite.
QString plotNumber(double value, double standardError);
/// So many digits after the point, whatever the size: for correlations.
QString decimalNumber(double value, int decimals);
/// "10⁻³".
QString powerOfTen(int exponent);
/// A difference: always with its sign, the minus a true one.
QString signedPlotNumber(double value);
QString signedPlotNumber(double value, const std::optional<double> &standardError);
/// "3rd of 42" in the user's language; "3rd of 42 among the layers shown" with what they are among.
QString rankText(int rank, int total, const QString &among = {});
/// The same with the percentile, where there are enough to speak of one: "3rd of 42 (percentile
/// 94)".
QString standingText(int rank, int total, const QString &among = {});
/// The share of `total` that lies below the place `rank`, in per cent; a dash where there are too
/// few.
QString percentileText(int rank, int total);
/// Place of `value` among `values`, 1 for the largest; equal values share the better place.
/// Values that are not finite do not count.
std::pair<int, int> rankAmong(double value, const std::vector<double> &values);
/// A layer's name without what is alike in all: "model.layers.12.mlp.down_proj" is
/// "layers.12…down_proj", "model.decoder.layers.0.encoder_attn.q_proj" is "decoder.0…cross q_proj".
/// Layers of one model have different ones.
QString shortLayerName(const QString &name);
/// A short name in less room: "dec.0…cross q_proj". What the block stands in gives way first, then
/// the middle.
QString fittedLayerName(const QString &shortName, const QFontMetrics &metrics, int width);

/// One thing of a plot, as hover card and accessible text say it.
struct PlotReading
{
    QString headline;
    std::vector<std::pair<QString, QString>> values; ///< name and value, in order
    QString rank; ///< "3rd of 42"; empty: none
    QString note; ///< "inside the noise"; empty: none

    bool isEmpty() const { return headline.isEmpty() && values.empty(); }
    QString text() const; ///< one line
};

/// The data of a plot with plain numbers: what "copy data" gives.
struct PlotTable
{
    QStringList header;
    std::vector<QStringList> rows;

    /// Tabs between fields, a line feed after each row; tabs and line feeds within are spaces.
    QString toTsv() const;
};

/// Heading of the standard errors of a quantity: each has a name of its own.
QString errorTitle(const QString &quantity);
/// What a row of copied data is called: of a layer its name in full, not as the plot has room for.
QString wholeName(const QString &label, const QString &id);

/// The shortest text that reads back as the same number; empty for what is not finite.
QString exactNumber(double value);

} // namespace bitprism
