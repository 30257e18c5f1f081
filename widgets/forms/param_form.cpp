// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/param_form.h"

#include "widgets/forms/number_field.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/quiet_wheel.h"
#include "widgets/shared/text.h"
#include "widgets/shared/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QEvent>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism {

namespace {

constexpr double spinRange = 1000; // a number with more values than this is typed, not stepped

Json parsed(const std::string &text)
{
    Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    return value.is_discarded() ? Json() : value;
}

/// Units are words in the registry; those that components use are translated here.
[[maybe_unused]] const char *const knownUnits[] = {QT_TRANSLATE_NOOP("Unit", "bit"),
                                                   QT_TRANSLATE_NOOP("Unit", "bits"),
                                                   QT_TRANSLATE_NOOP("Unit", "columns"),
                                                   QT_TRANSLATE_NOOP("Unit", "layers"),
                                                   QT_TRANSLATE_NOOP("Unit", "nats per token"),
                                                   QT_TRANSLATE_NOOP("Unit", "s"),
                                                   QT_TRANSLATE_NOOP("Unit", "share"),
                                                   QT_TRANSLATE_NOOP("Unit", "tokens")};

QString titleOf(const ParamInfo &info)
{
    const QString title = translated(info.text.title);
    const std::string word(info.text.unit);
    const QString unit
        = word.empty() ? QString() : QCoreApplication::translate("Unit", word.c_str());
    // A unit that the title says already is not repeated.
    return unit.isEmpty() || title.contains(unit, Qt::CaseInsensitive)
        ? title
        : ParamForm::tr("%1, %2", "a parameter's title, and its unit").arg(title, unit);
}

QString stringOf(const Json &value)
{
    return value.is_string() ? QString::fromStdString(value.get<std::string>())
                             : QString::fromStdString(value.dump());
}

} // namespace

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

QWidget *ParamForm::makeEditor(const ParamInfo &info, Field &field)
{
    if (info.type == "integer" || info.type == "real") {
        return makeNumber(info, field);
    }
    if (info.type == "flag") {
        return makeFlag(info, field);
    }
    if (info.type == "choice") {
        return makeChoice(info, field);
    }
    return info.type == "path" || info.type == "folder" ? makePath(info, field)
                                                        : makeText(info, field);
}

QWidget *ParamForm::makeNumber(const ParamInfo &info, Field &field)
{
    const bool isInteger = info.type == "integer";
    if (isInteger && info.max - info.min <= spinRange) {
        auto *spin = new QSpinBox(this);
        spin->setRange(static_cast<int>(info.min), static_cast<int>(info.max));
        keepWheel(spin);
        leaveUndo(spin);
        field.show = [spin](const Json &value) {
            const QSignalBlocker quiet(spin);
            spin->setValue(value.is_number() ? value.get<int>() : 0);
        };
        connect(spin, &QSpinBox::valueChanged, this,
                [this, key = info.key](int value) { take(key, value); });
        return spin;
    }
    auto *number = new NumberField(this);
    leaveUndo(number);
    number->setRange(info.min, info.max, info.scale, isInteger);
    field.show = [number](const Json &value) {
        number->setValue(value.is_number() ? value.get<double>() : 0);
    };
    field.ownProblem = [number] { return number->problem(); };
    connect(number, &NumberField::valueEdited, this, [this, number, isInteger, key = info.key] {
        const std::optional<double> value = number->value();
        showProblem(m_fields.at(key), number->problem());
        if (value) {
            take(key, isInteger ? Json(static_cast<std::int64_t>(*value)) : Json(*value));
        }
        tellValidity();
    });
    return number;
}

QWidget *ParamForm::makeFlag(const ParamInfo &info, Field &field)
{
    auto *box = new QCheckBox(this);
    field.show = [box](const Json &value) {
        const QSignalBlocker quiet(box);
        box->setChecked(value.is_boolean() && value.get<bool>());
    };
    connect(box, &QCheckBox::toggled, this, [this, key = info.key](bool isOn) { take(key, isOn); });
    return box;
}

QWidget *ParamForm::makeChoice(const ParamInfo &info, Field &field)
{
    auto *box = new QComboBox(this);
    for (const Choice &choice : info.choices) {
        box->addItem(
            translated(choice.title),
            QString::fromUtf8(choice.value.data(), static_cast<qsizetype>(choice.value.size())));
    }
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(6);
    keepWheel(box);
    field.show = [box](const Json &value) {
        const QSignalBlocker quiet(box);
        box->setCurrentIndex(box->findData(stringOf(value)));
    };
    connect(box, &QComboBox::activated, this, [this, box, key = info.key] {
        take(key, box->currentData().toString().toStdString());
    });
    return box;
}

QWidget *ParamForm::makePath(const ParamInfo &info, Field &field)
{
    auto *row = new QWidget(this);
    auto *edit = new QLineEdit(row);
    auto *choose = new QPushButton(tr("Choose..."), row);
    choose->setAccessibleName(tr("Choose: %1").arg(titleOf(info)));
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(edit, 1);
    layout->addWidget(choose);
    row->setFocusProxy(edit);
    field.show = [edit](const Json &value) {
        if (edit->text() != stringOf(value)) {
            edit->setText(stringOf(value));
        }
    };
    connect(edit, &QLineEdit::textEdited, this,
            [this, key = info.key](const QString &text) { take(key, text.toStdString()); });
    const bool isFolder = info.type == "folder"; // a form's own type: components name paths
    connect(choose, &QPushButton::clicked, this, [this, edit, isFolder, key = info.key] {
        const QString file = isFolder ? QFileDialog::getExistingDirectory(this, {}, edit->text())
                                      : QFileDialog::getOpenFileName(this, {}, edit->text());
        if (!file.isEmpty()) {
            edit->setText(file);
            take(key, file.toStdString());
        }
    });
    return row;
}

QWidget *ParamForm::makeText(const ParamInfo &info, Field &field)
{
    const bool isJson = info.type == "json";
    auto *edit = new QLineEdit(this);
    field.show = [edit, isJson](const Json &value) {
        const QString text = isJson ? QString::fromStdString(value.dump()) : stringOf(value);
        if (!edit->hasFocus() && edit->text() != text) {
            edit->setText(text);
            edit->setCursorPosition(0);
        }
    };
    if (isJson) {
        field.ownProblem = [edit] {
            const Json value = Json::parse(edit->text().toStdString(), nullptr, false);
            return value.is_discarded() ? tr("This is not valid JSON.") : QString();
        };
    }
    connect(edit, &QLineEdit::textEdited, this,
            [this, isJson, key = info.key](const QString &text) {
                Field &edited = m_fields.at(key);
                const QString problem = edited.ownProblem ? edited.ownProblem() : QString();
                showProblem(edited, problem);
                if (problem.isEmpty()) {
                    take(key, isJson ? parsed(text.toStdString()) : Json(text.toStdString()));
                }
                tellValidity();
            });
    return edit;
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
