// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace bitprism {

class RecipeDocument;
class Worker;

/// Keeps the recipe of each model in the user's settings, from one session to the next. Settings
/// are written through to the disk, which takes longer than a slot of the GUI thread may: a worker
/// does it, but for what is left at the end.
class RecipeKeeper : public QObject
{
    Q_OBJECT

public:
    struct Kept
    {
        quint64 ticket = 0; ///< a newer text has a larger one
        std::string text;
    };
    /// What was written last by key, shared with the worker.
    struct Written;

    /// `document` and `worker` outlive it.
    RecipeKeeper(RecipeDocument &document, Worker &worker, QObject *parent = nullptr);
    ~RecipeKeeper() override;

    static constexpr int most = 50; ///< models whose recipes are kept: those edited last

    /// Before it nothing is kept nor brought back: pictures and measurements leave no trace.
    void start() { m_isStarted = true; }
    /// The document is of the model at `path` from now on: as it was left there, or without what
    /// was chosen for another model's layers. What was edited or opened before any model becomes an
    /// edit of that.
    void open(const std::string &path);
    /// Drops what was brought back if it is wrong by what is known now: the engine's components.
    void checkAgain();

private:
    std::optional<Recipe> keptOf(const std::string &path) const;
    void save();
    /// The same, and waits until all is written.
    void finish();

    RecipeDocument &m_document;
    Worker &m_worker;
    std::shared_ptr<Written> m_written;
    std::map<QString, Kept> m_underWay; ///< with the worker, by key of the settings
    quint64 m_lastTicket = 0;
    QTimer m_saving;
    std::string m_model; ///< path; empty: none yet
    bool m_isStarted = false;
    bool m_isChanged = false; ///< since it was saved
    bool m_isBroughtBack = false;
};

} // namespace bitprism
