// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include <string>

namespace bitprism {

class RecipeDocument;

/// Keeps the recipe of each model in the user's settings, from one session to the next.
class RecipeKeeper : public QObject
{
    Q_OBJECT

public:
    /// `document` outlives it.
    explicit RecipeKeeper(RecipeDocument &document, QObject *parent = nullptr);
    ~RecipeKeeper() override;

    /// Before it nothing is kept nor brought back: pictures and measurements leave no trace.
    void start() { m_isStarted = true; }
    /// The document is of the model at `path` from now on: as it was left there, or without what
    /// was chosen for another model's layers. What was edited or opened before any model stays.
    void open(const std::string &path);
    /// Drops what was brought back if it is wrong by what is known now: the engine's components.
    void checkAgain();

private:
    void save();

    RecipeDocument &m_document;
    QTimer m_saving;
    std::string m_model; ///< path; empty: none yet
    bool m_isStarted = false;
    bool m_isChanged = false; ///< since it was saved
    bool m_isBroughtBack = false;
};

} // namespace bitprism
