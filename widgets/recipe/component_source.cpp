// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/component_source.h"

#include <QCoreApplication>

namespace bitprism {

namespace {

/// Sources are plain words in the registry; those of the components are translated here. One that
/// is missing shows in English.
[[maybe_unused]] const char *const knownSources[] = {
    QT_TRANSLATE_NOOP("ComponentSource", "Ashkboos et al., QuaRot, arXiv 2404.00456"),
    (QT_TRANSLATE_NOOP("ComponentSource",
                       "Ashkboos et al., QuaRot, arXiv 2404.00456; per channel: Liu et al., KIVI, "
                       "arXiv 2402.02750")), // one text
    QT_TRANSLATE_NOOP("ComponentSource", "Dettmers et al., SpQR, arXiv 2306.03078"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "Edge-ASR's calibration, arXiv 2507.07877: utterances, taught transcripts"),
    QT_TRANSLATE_NOOP("ComponentSource", "Frantar et al., GPTQ, arXiv 2210.17323"),
    QT_TRANSLATE_NOOP("ComponentSource", "Frantar et al., GPTQ, arXiv 2210.17323, section 4"),
    QT_TRANSLATE_NOOP("ComponentSource", "GGUF block type IQ4_NL"),
    QT_TRANSLATE_NOOP("ComponentSource", "GGUF block type Q2_K"),
    QT_TRANSLATE_NOOP("ComponentSource", "GGUF block type Q3_K"),
    QT_TRANSLATE_NOOP("ComponentSource", "GGUF block type Q4_0"),
    QT_TRANSLATE_NOOP("ComponentSource", "GGUF block type Q4_K"),
    QT_TRANSLATE_NOOP("ComponentSource", "GGUF block type Q5_K"),
    QT_TRANSLATE_NOOP("ComponentSource", "GGUF block type Q6_K"),
    QT_TRANSLATE_NOOP("ComponentSource", "GGUF block type Q8_0"),
    QT_TRANSLATE_NOOP("ComponentSource", "Kullback and Leibler, 1951"),
    QT_TRANSLATE_NOOP("ComponentSource", "Lin et al., AWQ, arXiv 2306.00978"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "Marginal analysis on the convex hulls of additive damages"),
    QT_TRANSLATE_NOOP("ComponentSource", "Multiple-choice knapsack by branch-and-cut (GLPK)"),
    QT_TRANSLATE_NOOP(
        "ComponentSource",
        "Nagel et al., AdaRound, arXiv 2004.10568; schedule of BRECQ, arXiv 2102.05426"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "Pham et al., arXiv 2511.17801, equations 5 to 9; exact solver of ours"),
    QT_TRANSLATE_NOOP("ComponentSource", "Pham et al., arXiv 2511.17801; mixed-grid GPTQ of ours"),
    QT_TRANSLATE_NOOP("ComponentSource", "Radford et al. 2021, arXiv 2103.00020, section 3.1"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "Salazar et al., arXiv 1910.14659; Nie et al., LLaDA, arXiv 2502.09992"),
    QT_TRANSLATE_NOOP("ComponentSource", "Shao et al., OmniQuant, arXiv 2308.13137, section 3.2"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "Wei et al., Outlier Suppression+, arXiv 2304.09145, section 3"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "Wei et al., Outlier Suppression, arXiv 2209.13325, baseline"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "Wei et al., Outlier Suppression, arXiv 2209.13325, section 4.1"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "Wei et al., Outlier Suppression, arXiv 2209.13325, section 4.2"),
    QT_TRANSLATE_NOOP("ComponentSource", "Xiao et al., SmoothQuant, arXiv 2211.10438, equation 4"),
    QT_TRANSLATE_NOOP("ComponentSource", "Xiao et al., SmoothQuant, arXiv 2211.10438, static"),
    QT_TRANSLATE_NOOP("ComponentSource", "consecutive windows, as perplexity cuts a text"),
    QT_TRANSLATE_NOOP("ComponentSource", "full-precision activations"),
    QT_TRANSLATE_NOOP("ComponentSource", "keys and values as they are"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "open ASR leaderboard, July 2025: its normalisation and counts"),
    QT_TRANSLATE_NOOP("ComponentSource", "real images, as D4C's baseline REAL, arXiv 2511.15411"),
    QT_TRANSLATE_NOOP("ComponentSource", "relative Frobenius norm of the change of the output"),
    QT_TRANSLATE_NOOP("ComponentSource", "share of texts put into their class"),
    QT_TRANSLATE_NOOP("ComponentSource", "uniform affine quantizer, data-free"),
    QT_TRANSLATE_NOOP("ComponentSource",
                      "windows without overlap as in GPTQ's evaluation, arXiv 2210.17323"),
};

} // namespace

QString componentSource(const std::string &source)
{
    return source.empty() ? QString()
                          : QCoreApplication::translate("ComponentSource", source.c_str());
}

} // namespace bitprism
