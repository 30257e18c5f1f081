// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace bitprism {

class SettingsStore;

/// The settings as a form; each change acts at once.
class SettingsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit SettingsDialog(SettingsStore &store, QWidget *parent = nullptr);
};

} // namespace bitprism
