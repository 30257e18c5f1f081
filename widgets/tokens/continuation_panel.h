// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "widgets/shared/view.h"

#include <QString>

#include <array>

class QLabel;
class QLineEdit;
class QPushButton;
class QTextBrowser;

namespace bitprism {

/// Two models of a comparison; an empty run means the unquantized model.
struct ComparedModels
{
    QString modelPath;
    std::array<QString, 2> runs; ///< before, after
    std::array<QString, 2> names;

    bool operator==(const ComparedModels &) const = default;
};

/// Greedy continuations of one prompt by two models, the first difference marked.
class ContinuationPanel : public QWidget
{
    Q_OBJECT

public:
    explicit ContinuationPanel(ViewContext &context, QWidget *parent = nullptr);

    void setModels(const ComparedModels &models);
    QLineEdit &prompt() { return *m_prompt; }
    /// What both models wrote, as rich text; empty: not yet.
    QString shown(std::size_t model) const;

private:
    void start();
    void takeResult(quint64 job, const ResultPtr &result);
    void takeEnd(quint64 job);
    void showTexts();
    QStringList state() const;
    void restore();

    ViewContext &m_context;
    ComparedModels m_models;
    std::array<quint64, 2> m_jobs{}; ///< 0: none
    std::array<QString, 2> m_texts;
    QLineEdit *m_prompt;
    QPushButton *m_start;
    QLabel *m_note;
    std::array<QLabel *, 2> m_headings{};
    std::array<QTextBrowser *, 2> m_pages{};
};

/// `text` as rich text, marked from where it differs from `other`.
QString markedFromDifference(const QString &text, const QString &other);

} // namespace bitprism
