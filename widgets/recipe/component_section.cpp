// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/component_section.h"

#include "core/recipe/settings.h"
#include "widgets/forms/param_form.h"
#include "widgets/jobs/worker.h"
#include "widgets/recipe/component_source.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/quiet_wheel.h"
#include "widgets/shared/text.h"
#include "widgets/shared/theme.h"

#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::size_t keyArgument = 1; // of the errors of params::read: where, key, ...

} // namespace

QString componentTitle(Kind kind, const std::string &id)
{
    const ComponentEntry *entry = Registry::instance().find(kind, id);
    return entry == nullptr ? QString::fromStdString(id) : translated(entry->info().title);
}

ComponentSection::ComponentSection(Kind kind, const QString &title, bool isOptional,
                                   QWidget *parent)
    : Section(title, parent)
    , m_kind(kind)
    , m_title(title)
    , m_isOptional(isOptional)
    , m_components(new QComboBox(this))
    , m_source(new QLabel(this))
    , m_problem(new QLabel(this))
    , m_form(new ParamForm(this))
{
    m_components->setAccessibleName(title);
    m_components->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_components->setMinimumContentsLength(8);
    keepWheel(m_components);
    m_source->setWordWrap(true);
    m_source->setFont(scaledFont(this, 0.85));
    m_source->setForegroundRole(QPalette::PlaceholderText);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_form->setAccessiblePrefix(title);
    addContent(m_components);
    addContent(m_source);
    addContent(m_problem);
    addContent(m_form);
    connect(m_components, &QComboBox::activated, this, &ComponentSection::chooseComponent);
    connect(m_form, &ParamForm::edited, this, &ComponentSection::takeParameter);
    reload();
}

void ComponentSection::reload()
{
    const QSignalBlocker quiet(m_components);
    m_components->clear();
    if (m_isOptional) {
        m_components->addItem(tr("None"), QString());
    }
    for (const std::string &id : Registry::instance().ids(m_kind)) {
        m_components->addItem(componentTitle(m_kind, id), QString::fromStdString(id));
    }
    m_components->setEnabled(m_components->count() > 0);
    m_shownId.clear();
    showChoice(m_choice);
}

bool ComponentSection::isEmpty() const { return m_components->count() == (m_isOptional ? 1 : 0); }

void ComponentSection::showChoice(const ComponentChoice &choice)
{
    m_choice = choice;
    const QSignalBlocker quiet(m_components);
    m_components->setCurrentIndex(m_components->findData(QString::fromStdString(choice.id)));
    const ComponentEntry *entry
        = choice.id.empty() ? nullptr : Registry::instance().find(m_kind, choice.id);
    if (choice.id != m_shownId || entry == nullptr) {
        std::vector<ParamInfo> parameters;
        std::string source;
        if (entry != nullptr) {
            const ComponentInfo info = entry->info();
            source = info.source;
            std::copy_if(info.parameters.begin(), info.parameters.end(),
                         std::back_inserter(parameters),
                         [this](const ParamInfo &item) { return !m_hidden.contains(item.key); });
        }
        m_source->setText(componentSource(source));
        m_source->setVisible(!source.empty());
        m_form->setParameters(std::move(parameters));
        m_shownId = entry == nullptr ? std::string() : choice.id;
    }
    m_form->setValues(choice.params);
    m_form->setVisible(!m_form->parameters().empty());
    setSummary(summary());
}

QString ComponentSection::summary() const
{
    if (m_choice.id.empty()) {
        return tr("None");
    }
    const Json params = m_choice.parameters();
    QString text = componentTitle(m_kind, m_choice.id);
    if (params.contains("bits") && params["bits"].is_number_integer()) {
        text = tr("%1, %2 bits").arg(text).arg(params["bits"].get<int>());
    }
    return text;
}

bool ComponentSection::check(const ComponentChoice &choice)
{
    m_form->clearProblems();
    m_problem->hide();
    if (choice.id.empty() || choice.id == "none" || isEmpty()) {
        return m_form->isValid();
    }
    const ErrorPtr problem = errorOf([&] { normalized(choice, m_kind, m_title.toStdString()); });
    if (!problem) {
        return m_form->isValid();
    }
    const std::vector<std::string> &arguments = problem->arguments();
    const QString acrossFields = nestedText(*problem);
    const bool isAtField = arguments.size() > keyArgument
        && m_form->setProblem(arguments[keyArgument],
                              acrossFields.isEmpty() ? errorText(*problem) : acrossFields);
    if (!isAtField) {
        QPalette colours = palette();
        colours.setColor(QPalette::WindowText, Theme::of(colours).bad);
        m_problem->setPalette(colours);
        m_problem->setText(errorText(*problem));
        m_problem->show();
    }
    setOpen(true); // so that the problem is seen
    return false;
}

void ComponentSection::chooseComponent()
{
    ComponentChoice choice = m_choice;
    const std::string id = m_components->currentData().toString().toStdString();
    if (id.empty() || choice.id.empty()) {
        choice = {id, "{}"};
    } else {
        // Parameters that both components have stay.
        const ErrorPtr problem = errorOf([&] {
            const Setting setting{"", "id", Json(id).dump()};
            applyParameters(choice, m_kind, {&setting, 1});
        });
        if (problem) {
            choice = {id, "{}"};
        }
    }
    Q_EMIT edited(choice, m_title, {});
}

void ComponentSection::takeParameter(const std::string &key, const std::string &value,
                                     const QString &title)
{
    ComponentChoice choice = m_choice;
    Json params = choice.parameters();
    params[key] = Json::parse(value);
    choice.params = params.dump();
    Q_EMIT edited(choice, title, m_title + '/' + QString::fromStdString(key));
}

} // namespace bitprism
