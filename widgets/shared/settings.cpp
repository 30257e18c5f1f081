// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/settings.h"

#include "widgets/jobs/worker.h"

#include <QDir>
#include <QLocale>
#include <QSettings>
#include <nlohmann/json.hpp>

#include <deque>
#include <utility>

namespace bitprism {

namespace {

constexpr std::int64_t mostThreads = 1024;

Json parsedOr(const QString &text)
{
    Json value = Json::parse(text.toStdString(), nullptr, /*allow_exceptions=*/false);
    return value.is_discarded() ? Json(text.toStdString()) : value;
}

} // namespace

const std::vector<Choice> &languageChoices()
{
    static std::deque<std::pair<std::string, std::string>> names; // value and own name, for life
    static const std::vector<Choice> choices = [] {
        std::vector<Choice> list{{"system", BITPRISM_TR("Settings", "As the system")},
                                 {"en", {"", "English"}}};
        const QString prefix = QStringLiteral("bitprism_");
        for (const QString &file : QDir(":/i18n").entryList({prefix + "*.qm"})) {
            const QString name = file.mid(prefix.size()).chopped(3); // ".qm"
            names.emplace_back(name.toStdString(),
                               QLocale(name).nativeLanguageName().toStdString());
            list.push_back({names.back().first, {"", names.back().second.c_str()}});
        }
        return list;
    }();
    return choices;
}

void Settings::visit(ParamVisitor &v)
{
    v.choice("language", language, languageChoices(),
             {BITPRISM_TR("Settings", "Language"),
              BITPRISM_TR("Settings", "Language of the window; the command line stays English.")});
    v.choice(
        "appearance", appearance,
        {{"system", BITPRISM_TR("Settings", "As the system")},
         {"light", BITPRISM_TR("Settings", "Light")},
         {"dark", BITPRISM_TR("Settings", "Dark")}},
        {BITPRISM_TR("Settings", "Appearance"), BITPRISM_TR("Settings", "Light or dark colours.")});
    v.integer("threads", threads, {0, mostThreads},
              {BITPRISM_TR("Settings", "Threads of a job (0: all)"),
               BITPRISM_TR("Settings",
                           "Processor threads that jobs use; 0: all. Equal thread counts give "
                           "equal codes.")});
}

Appearance Settings::chosenAppearance() const
{
    return appearance == "light" ? Appearance::Light
        : appearance == "dark"   ? Appearance::Dark
                                 : Appearance::System;
}

QString modelKey(const QString &what, const std::string &modelPath)
{
    return QStringLiteral("data/%1/%2")
        .arg(what, QString::fromStdString(modelPath).replace('/', '|'));
}

Settings storedSettings()
{
    const QSettings stored;
    Settings settings;
    ParamDescriber fields;
    settings.visit(fields);
    for (const ParamInfo &field : fields.parameters()) {
        // One by one: a value that this version does not know must not drop the others.
        const QString key = QString::fromStdString(field.key);
        if (!stored.contains(key)) {
            continue;
        }
        Json all = Json::object();
        params::write(settings, all);
        all[field.key] = parsedOr(stored.value(key).toString());
        // An unknown value keeps the default.
        errorOf([&] { settings = params::read<Settings>(all, "settings"); });
    }
    return settings;
}

SettingsStore::SettingsStore(QObject *parent)
    : QObject(parent)
    , m_settings(storedSettings())
{
}

void SettingsStore::set(const Settings &settings)
{
    if (settings == m_settings) {
        return;
    }
    const bool isOtherLanguage = settings.language != m_settings.language;
    m_settings = settings;
    Json all = Json::object();
    params::write(m_settings, all);
    QSettings stored;
    for (const auto &[key, value] : all.items()) {
        stored.setValue(QString::fromStdString(key), QString::fromStdString(value.dump()));
    }
    Q_EMIT changed();
    if (isOtherLanguage) {
        Q_EMIT languageChanged();
    }
}

} // namespace bitprism
