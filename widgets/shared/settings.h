// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "widgets/shared/theme.h"

#include <QObject>
#include <QString>

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// What the user sets once: each field is visited, and the settings page is a form made from that.
struct Settings
{
    std::string language = "system"; ///< or the name of a translation: "en", "zh_CN"
    std::string appearance = "system";
    std::int64_t threads = 0;

    void visit(ParamVisitor &v);
    Appearance chosenAppearance() const;

    bool operator==(const Settings &) const = default;
};

/// The system's language, English, and the translations that were built in. Languages are called by
/// their own names in every language.
const std::vector<Choice> &languageChoices();

/// The settings as they are stored; read and changed in the GUI thread only, and handed on by
/// value.
class SettingsStore : public QObject
{
    Q_OBJECT

public:
    explicit SettingsStore(QObject *parent = nullptr);

    const Settings &settings() const { return m_settings; }
    /// Stores them and tells who shows them.
    void set(const Settings &settings);

Q_SIGNALS:
    void changed();
    /// Said after changed(): every text must be made anew.
    void languageChanged();

private:
    Settings m_settings;
};

/// Where the user's settings keep `what` ("recipe") of the model at a path.
QString modelKey(const QString &what, const std::string &modelPath);

/// The settings as they are stored on the disk; a value that is not known is the default.
Settings storedSettings();

} // namespace bitprism
