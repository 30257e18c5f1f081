// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/settings/settings_dialog.h"

#include "widgets/forms/param_form.h"
#include "widgets/shared/full_height.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/settings.h"

#include <QDialogButtonBox>
#include <QPushButton>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

namespace bitprism {

SettingsDialog::SettingsDialog(SettingsStore &store, QWidget *parent)
    : QDialog(parent)
{
    setWindowTitle(tr("Settings"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *form = new ParamForm(this);
    Settings settings = store.settings();
    ParamDescriber fields;
    settings.visit(fields);
    form->setShowsHelp(true);
    form->setParameters(fields.parameters());
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space(this, 4), space(this, 4), space(this, 4), space(this, 4));
    layout->setSpacing(space(this, 4));
    layout->addWidget(form);
    layout->addStretch();
    layout->addWidget(buttons);
    keepFullHeight(this);
    const int width = 30;
    setMinimumWidth(em(this, width));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    // Queued: a change of language replaces the window below this dialog.
    connect(
        form, &ParamForm::edited, &store,
        [&store](const std::string &key, const std::string &value) {
            Json all = Json::object();
            params::write(store.settings(), all);
            all[key] = Json::parse(value);
            store.set(params::read<Settings>(all, "settings"));
        },
        Qt::QueuedConnection);
}

} // namespace bitprism
