// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/recipe_keeper.h"

#include "widgets/jobs/worker.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/settings.h"

#include <QCoreApplication>
#include <QSettings>
#include <nlohmann/json.hpp>

#include <mutex>
#include <utility>

namespace bitprism {

struct RecipeKeeper::Written
{
    std::mutex mutex;
    std::map<QString, quint64> tickets;
};

namespace {

constexpr int saveMilliseconds = 300; // a slider that moves is saved once

const QString recipeGroup = QStringLiteral("recipe"); // of the settings' "data"
const QString orderKey = QStringLiteral("data/recipe_order"); // what was edited last comes first

QString keyOf(const std::string &model) { return modelKey(recipeGroup, model); }

/// Each path that a model ever lay at would stay for good: what was edited longest ago goes.
void dropOldest(QSettings &settings, const QString &newest)
{
    settings.beginGroup("data/" + recipeGroup);
    const QStringList keys = settings.childKeys();
    settings.endGroup();
    QStringList order{newest};
    for (const QString &key : settings.value(orderKey).toStringList() + keys) {
        if (keys.contains(key) && !order.contains(key)) {
            order.append(key);
        }
    }
    while (order.size() > RecipeKeeper::most) {
        settings.remove("data/" + recipeGroup + '/' + order.takeLast());
    }
    settings.setValue(orderKey, order);
}

/// Nothing where it is no recipe, or a wrong one.
std::optional<Recipe> recipeFrom(const std::string &text)
{
    std::optional<Recipe> recipe;
    const ErrorPtr problem = errorOf([&] {
        recipe = Recipe::fromJson(Json::parse(text), "settings");
        Recipe filled = *recipe; // what is kept stays as it was written
        filled.validate();
    });
    return problem ? std::nullopt : recipe;
}

/// From any thread. What is wrong just now, such as an exception without a name, leaves what was
/// kept before; so does what came late.
void writeKept(RecipeKeeper::Written &written, const QString &key, const RecipeKeeper::Kept &kept)
{
    if (!recipeFrom(kept.text)) {
        return;
    }
    const std::scoped_lock lock(written.mutex);
    quint64 &last = written.tickets[key];
    if (kept.ticket > last) {
        last = kept.ticket;
        QSettings settings;
        settings.setValue(key, QString::fromStdString(kept.text));
        dropOldest(settings, key.section('/', -1));
    }
}

} // namespace

RecipeKeeper::RecipeKeeper(RecipeDocument &document, Worker &worker, QObject *parent)
    : QObject(parent)
    , m_document(document)
    , m_worker(worker)
    , m_written(std::make_shared<Written>())
{
    m_saving.setSingleShot(true);
    m_saving.setInterval(saveMilliseconds);
    connect(&m_saving, &QTimer::timeout, this, &RecipeKeeper::save);
    connect(&document, &RecipeDocument::changed, this, [this] {
        m_isChanged = true;
        m_saving.start();
    });
    // A process that ends while a job is at work destroys nothing.
    connect(QCoreApplication::instance(), &QCoreApplication::aboutToQuit, this,
            &RecipeKeeper::finish);
}

RecipeKeeper::~RecipeKeeper() { finish(); }

void RecipeKeeper::open(const std::string &path)
{
    save();
    const bool isFirst = m_model.empty();
    const Recipe before = m_document.recipe();
    const QString edit = m_document.undoStack().undoText();
    const bool isForTheNext = isFirst && m_document.undoStack().canUndo();
    m_model = path;
    std::optional<Recipe> own = keptOf(path);
    m_isBroughtBack = own.has_value();
    if (!own) {
        own = isForTheNext ? Recipe() : before;
        own->overrides.clear();
        own->allocation.reset();
    }
    if (isFirst) { // a recipe that is still read is for this model
        m_document.reset(*own);
    } else {
        m_document.replace(*own);
    }
    m_isChanged = false; // nothing was edited yet
    if (isForTheNext) {
        m_document.edit(edit, before);
    }
}

std::optional<Recipe> RecipeKeeper::keptOf(const std::string &path) const
{
    if (!m_isStarted) {
        return std::nullopt;
    }
    const QString key = keyOf(path);
    const auto underWay = m_underWay.find(key);
    std::optional<Recipe> kept
        = underWay == m_underWay.end() ? std::nullopt : recipeFrom(underWay->second.text);
    return kept ? kept : recipeFrom(QSettings().value(key).toString().toStdString());
}

void RecipeKeeper::checkAgain()
{
    const bool isUntouched = m_isBroughtBack && !m_document.undoStack().canUndo();
    if (isUntouched && !recipeFrom(m_document.recipe().toText())) {
        m_document.reset(Recipe());
        m_isChanged = false;
    }
}

void RecipeKeeper::save()
{
    m_saving.stop();
    if (!std::exchange(m_isChanged, false) || !m_isStarted || m_model.empty()) {
        return;
    }
    const QString key = keyOf(m_model);
    const Kept kept{++m_lastTicket, m_document.recipe().toText()};
    m_underWay[key] = kept;
    m_worker.ask<bool>(
        this,
        [written = m_written, key, kept] {
            writeKept(*written, key, kept);
            return true;
        },
        [this, key, ticket = kept.ticket](const Answer<bool> &) {
            const auto found = m_underWay.find(key);
            if (found != m_underWay.end() && found->second.ticket == ticket) {
                m_underWay.erase(found);
            }
        });
}

void RecipeKeeper::finish()
{
    save();
    for (const auto &[key, kept] : std::exchange(m_underWay, {})) {
        writeKept(*m_written, key, kept);
    }
}

} // namespace bitprism
