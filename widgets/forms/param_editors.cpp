// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ParamForm that makes a field for each type of parameter.
#include "widgets/forms/number_field.h"
#include "widgets/forms/param_form.h"
#include "widgets/forms/param_text.h"
#include "widgets/forms/path_edit.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/quiet_wheel.h"
#include "widgets/shared/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

constexpr double spinRange = 1000; // a number with more values than this is typed, not stepped

} // namespace

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
    auto *edit = new PathEdit(row);
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

} // namespace bitprism
