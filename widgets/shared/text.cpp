// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/text.h"

#include <QCoreApplication>

#include <map>

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

QString layerKindText(const std::string &kind)
{
    const auto text = kindTexts().find(kind);
    return text == kindTexts().end() ? QString::fromStdString(kind)
                                     : QCoreApplication::translate(kindContext, text->second);
}

} // namespace bitprism
