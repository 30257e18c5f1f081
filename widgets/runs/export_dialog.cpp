// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/export_dialog.h"

#include "core/base/component.h"
#include "widgets/forms/param_form.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

ParamInfo folderParameter()
{
    ParamInfo info;
    info.key = "output";
    info.type = "folder";
    info.text = {BITPRISM_TR("Recipe", "Folder"),
                 BITPRISM_TR("Recipe", "Folder to write; it must not exist yet, or be empty.")};
    info.defaultValue = "\"\"";
    return info;
}

} // namespace

ExportDialog::ExportDialog(const store::RunRecord &run, const QString &storePath, QWidget *parent)
    : QDialog(parent)
    , m_format(new QComboBox(this))
    , m_options(new ParamForm(this))
    , m_target(new ParamForm(this))
{
    m_request.kind = "export";
    m_request.runId = run.id;
    m_request.storePath = storePath.toStdString();
    m_request.modelPath = run.modelPath;
    setWindowTitle(tr("Export a checkpoint"));
    setMinimumWidth(em(this, 44));
    auto *sentence = new QLabel(tr("Writes the quantized weights of \"%1\" as a checkpoint that "
                                   "other programs load.")
                                    .arg(QString::fromStdString(run.name)),
                                this);
    sentence->setWordWrap(true);
    m_format->setAccessibleName(tr("Format of the checkpoint"));
    for (const std::string &id : Registry::instance().ids(Kind::exporter)) {
        m_format->addItem(translated(Registry::instance().find(Kind::exporter, id)->info().title),
                          QString::fromStdString(id));
    }
    m_options->setAccessiblePrefix(tr("Format"));
    m_target->setParameters({folderParameter()});
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_export = buttons->addButton(tr("Export checkpoint"), QDialogButtonBox::AcceptRole);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(space(this, 3));
    layout->addWidget(sentence);
    layout->addWidget(m_format);
    layout->addWidget(m_options);
    layout->addWidget(m_target);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::showFormat);
    connect(m_options, &ParamForm::edited, this,
            [this](const std::string &key, const std::string &value) {
                Json values = Json::parse(m_values);
                values[key] = Json::parse(value);
                m_values = values.dump();
            });
    connect(m_target, &ParamForm::edited, this,
            [this](const std::string &, const std::string &value) {
                m_folder = Json::parse(value).get<std::string>();
                showReady();
            });
    showFormat();
    showReady();
}

void ExportDialog::showFormat()
{
    const ComponentEntry *entry = Registry::instance().find(
        Kind::exporter, m_format->currentData().toString().toStdString());
    m_values = "{}";
    m_options->setParameters(entry == nullptr ? std::vector<ParamInfo>()
                                              : entry->info().parameters);
    m_options->setVisible(!m_options->parameters().empty());
}

void ExportDialog::showReady()
{
    m_export->setEnabled(!m_folder.empty() && m_format->count() > 0);
    m_export->setToolTip(m_folder.empty() ? tr("Choose a folder first.") : QString());
}

JobRequest ExportDialog::request() const
{
    JobRequest request = m_request;
    Json format = Json::parse(m_values);
    format["id"] = m_format->currentData().toString().toStdString();
    request.options = Json{{"format", format}, {"output", m_folder}}.dump();
    return request;
}

} // namespace bitprism
