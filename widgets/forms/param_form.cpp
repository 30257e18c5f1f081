// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/param_form.h"

#include "widgets/forms/param_text.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"
#include "widgets/shared/theme.h"

#include <QEvent>
#include <QFormLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

namespace bitprism {

ParamForm::ParamForm(QWidget *parent)
    : QWidget(parent)
    , m_values(std::make_unique<Json>(Json::object()))
    , m_layout(new QFormLayout(this))
{
    m_layout->setContentsMargins({});
    m_layout->setHorizontalSpacing(space(this, 3));
    m_layout->setVerticalSpacing(space(this, 1));
    m_layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_layout->setLabelAlignment(Qt::AlignLeft);
    m_layout->setRowWrapPolicy(QFormLayout::DontWrapRows);
}

ParamForm::~ParamForm() = default;

void ParamForm::setParameters(std::vector<ParamInfo> parameters)
{
    m_parameters = std::move(parameters);
    m_fields.clear();
    while (m_layout->rowCount() > 0) {
        m_layout->removeRow(0);
    }
    for (const ParamInfo &info : m_parameters) {
        addField(info);
    }
    setValues("{}");
    colourProblems();
}

void ParamForm::addField(const ParamInfo &info)
{
    Field &field = m_fields[info.key];
    field.label = new QLabel(titleOf(info), this);
    field.label->setWordWrap(true);
    field.problem = new QLabel(this);
    field.problem->setWordWrap(true);
    field.problem->setTextFormat(Qt::PlainText);
    field.problem->setFont(scaledFont(this, 0.85));
    field.problem->hide();
    QWidget *editor = makeEditor(info, field);
    field.editor = editor;
    const QString name = titleOf(info);
    const QString help = translated(info.text.help);
    for (QWidget *part : {editor, static_cast<QWidget *>(field.label)}) {
        part->setToolTip(help);
    }
    QList<QWidget *> parts = editor->findChildren<QWidget *>();
    parts.append(editor);
    for (QWidget *part : std::as_const(parts)) {
        if (part->focusPolicy() != Qt::NoFocus && part->accessibleName().isEmpty()) {
            part->setAccessibleName(m_prefix.isEmpty() ? name : m_prefix + ": " + name);
            part->setAccessibleDescription(help);
        }
    }
    editor->setObjectName(QString::fromStdString(info.key));
    auto *column = new QVBoxLayout;
    column->setSpacing(0);
    column->addWidget(editor);
    if (m_showsHelp && !help.isEmpty()) {
        auto *note = new QLabel(help, this);
        note->setWordWrap(true);
        note->setFont(scaledFont(this, 0.85));
        note->setForegroundRole(QPalette::PlaceholderText);
        column->addWidget(note);
    }
    column->addWidget(field.problem);
    m_layout->addRow(field.label, column);
}

void ParamForm::setValues(const std::string &values)
{
    const Json given = parsed(values);
    Json now = Json::object();
    for (const ParamInfo &info : m_parameters) {
        now[info.key] = given.is_object() && given.contains(info.key) ? given[info.key]
                                                                      : parsed(info.defaultValue);
        m_fields.at(info.key).show(now[info.key]);
    }
    *m_values = std::move(now);
    enableFields();
    tellValidity();
}

void ParamForm::tellValidity()
{
    if (isValid() != m_isValid) {
        m_isValid = !m_isValid;
        Q_EMIT validityChanged();
    }
}

void ParamForm::take(const std::string &key, const Json &value)
{
    (*m_values)[key] = value;
    enableFields();
    for (const ParamInfo &info : m_parameters) {
        if (info.key == key) {
            Q_EMIT edited(key, value.dump(), translated(info.text.title));
            return;
        }
    }
}

void ParamForm::enableFields()
{
    for (const ParamInfo &info : m_parameters) {
        const bool applies = info.enabledKey.empty() || !m_values->contains(info.enabledKey)
            || stringOf((*m_values)[info.enabledKey]).toStdString() == info.enabledValue;
        Field &field = m_fields.at(info.key);
        field.editor->setEnabled(applies);
        field.label->setEnabled(applies);
    }
}

bool ParamForm::setProblem(const std::string &key, const QString &problem)
{
    const auto field = m_fields.find(key);
    if (field == m_fields.end()) {
        return false;
    }
    showProblem(field->second, problem);
    return true;
}

void ParamForm::clearProblems()
{
    for (auto &[key, field] : m_fields) {
        showProblem(field, field.ownProblem ? field.ownProblem() : QString());
    }
}

bool ParamForm::isValid() const
{
    for (const auto &[key, field] : m_fields) {
        if (field.ownProblem && !field.ownProblem().isEmpty()) {
            return false;
        }
    }
    return true;
}

void ParamForm::showProblem(Field &field, const QString &problem)
{
    field.problem->setText(problem);
    field.problem->setVisible(!problem.isEmpty());
}

void ParamForm::colourProblems()
{
    for (auto &[key, field] : m_fields) {
        QPalette colours = palette();
        colours.setColor(QPalette::WindowText, Theme::of(colours).bad);
        field.problem->setPalette(colours);
    }
}

void ParamForm::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        colourProblems();
    }
}

} // namespace bitprism
