// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/text.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <map>
#include <optional>
#include <vector>

namespace bitprism {

namespace {

constexpr const char *kindContext = "LayerKind";

const std::map<std::string, const char *> &kindTexts()
{
    static const std::map<std::string, const char *> texts{
        {"attention_query", QT_TRANSLATE_NOOP("LayerKind", "Attention, query")},
        {"attention_key", QT_TRANSLATE_NOOP("LayerKind", "Attention, key")},
        {"attention_value", QT_TRANSLATE_NOOP("LayerKind", "Attention, value")},
        {"attention_out", QT_TRANSLATE_NOOP("LayerKind", "Attention, output")},
        {"cross_attention_query", QT_TRANSLATE_NOOP("LayerKind", "Cross-attention, query")},
        {"cross_attention_key", QT_TRANSLATE_NOOP("LayerKind", "Cross-attention, key")},
        {"cross_attention_value", QT_TRANSLATE_NOOP("LayerKind", "Cross-attention, value")},
        {"cross_attention_out", QT_TRANSLATE_NOOP("LayerKind", "Cross-attention, output")},
        {"mlp_gate", QT_TRANSLATE_NOOP("LayerKind", "Feed-forward, gate")},
        {"mlp_up", QT_TRANSLATE_NOOP("LayerKind", "Feed-forward, up")},
        {"mlp_down", QT_TRANSLATE_NOOP("LayerKind", "Feed-forward, down")},
        {"projection", QT_TRANSLATE_NOOP("LayerKind", "Projection")},
        {"convolution", QT_TRANSLATE_NOOP("LayerKind", "Convolution")},
        {"embedding", QT_TRANSLATE_NOOP("LayerKind", "Embedding")},
        {"head", QT_TRANSLATE_NOOP("LayerKind", "Head")},
    };
    return texts;
}

/// As core/families writes them into ModelInfo::problem: plain words, which are kept in stores too.
constexpr const char *modelProblems[] = {
    QT_TRANSLATE_NOOP(
        "ModelProblem",
        "no model type is named (model_type of config.json, general.architecture of GGUF), so the "
        "model opens for weight analysis only"),
    QT_TRANSLATE_NOOP(
        "ModelProblem",
        "the family \"%1\" cannot be run by this version; it opens for weight analysis "
        "only"),
    QT_TRANSLATE_NOOP("ModelProblem", "%1 tensors are missing, the first is %2"),
    QT_TRANSLATE_NOOP("ModelProblem", "%1 tensors of the encoder are missing, the first is %2"),
    QT_TRANSLATE_NOOP("ModelProblem",
                      "%1 is missing, so the model opens for its encoder and writes no text"),
};

/// What stands in the places of a template, in their order; nothing where the text is another.
std::optional<std::vector<std::string>> argumentsOf(const QString &text, const char *pattern)
{
    QString expression = QRegularExpression::escape(QLatin1String(pattern));
    expression.replace(QRegularExpression(QStringLiteral("\\\\%[12]")), QStringLiteral("(.+)"));
    const QRegularExpressionMatch match
        = QRegularExpression(QRegularExpression::anchoredPattern(expression)).match(text);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    std::vector<std::string> found;
    for (int place = 1; place <= match.lastCapturedIndex(); ++place) {
        found.push_back(match.captured(place).toStdString());
    }
    return found;
}

} // namespace

QString translated(TranslatableText text)
{
    return QCoreApplication::translate(text.context, text.text);
}

QString nestedText(const Error &error)
{
    // As params::throwProblem() makes it: where, key, the problem in English, its context, its
    // template, and what stands in it.
    constexpr std::size_t contextPlace = 3;
    const std::vector<std::string> &all = error.arguments();
    if (std::string_view(error.message().text) != "%1: \"%2\": %3"
        || all.size() < contextPlace + 2) {
        return {};
    }
    const QString text
        = QCoreApplication::translate(all[contextPlace].c_str(), all[contextPlace + 1].c_str());
    return QString::fromStdString(
        substitute(text.toStdString(),
                   {all.begin() + static_cast<std::ptrdiff_t>(contextPlace + 2), all.end()}));
}

QString errorText(const Error &error)
{
    std::vector<std::string> arguments = error.arguments();
    if (const QString nested = nestedText(error); !nested.isEmpty()) {
        arguments[2] = nested.toStdString();
    }
    return QString::fromStdString(substitute(translated(error.message()).toStdString(), arguments));
}

QString modelProblemText(const std::string &problem)
{
    QString english = QString::fromStdString(problem);
    for (const char *pattern : modelProblems) {
        if (const auto arguments = argumentsOf(english, pattern)) {
            const QString text = QCoreApplication::translate("ModelProblem", pattern);
            return QString::fromStdString(substitute(text.toStdString(), *arguments));
        }
    }
    return english;
}

QString listText(const QStringList &parts)
{
    //: between the parts of a list
    return parts.join(QCoreApplication::translate("Text", ", "));
}

QString clausesText(const QStringList &parts)
{
    //: between two clauses
    return parts.join(QCoreApplication::translate("Text", "; "));
}

QString layerKindText(const std::string &kind)
{
    const auto text = kindTexts().find(kind);
    return text == kindTexts().end() ? QString::fromStdString(kind)
                                     : QCoreApplication::translate(kindContext, text->second);
}

} // namespace bitprism
