// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/evaluations_section.h"

#include "widgets/forms/param_form.h"
#include "widgets/recipe/component_section.h"
#include "widgets/recipe/recipe_parameters.h"
#include "widgets/shared/metrics.h"

#include <QPushButton>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

ParamInfo dataParameter()
{
    ParamInfo info;
    info.key = "data";
    info.type = "path";
    info.text = {BITPRISM_TR("Recipe", "Data"),
                 BITPRISM_TR("Recipe",
                             "What the task is measured on: a text, or a list of records. Never "
                             "the calibration data.")};
    info.defaultValue = "\"\"";
    return info;
}

} // namespace

EvaluationsSection::EvaluationsSection(QWidget *parent)
    : Section(tr("Measurements"), parent)
    , m_list(new QWidget(this))
    , m_listLayout(new QVBoxLayout(m_list))
    , m_add(new QPushButton(tr("Add a measurement"), this))
    , m_cut(new ParamForm(this))
{
    m_listLayout->setContentsMargins({});
    m_listLayout->setSpacing(space(this, 2));
    addContent(m_list);
    addContent(m_add);
    m_cut->setAccessiblePrefix(tr("Measurements"));
    m_cut->setParameters(evaluationParameters());
    addContent(m_cut);
    connect(m_add, &QPushButton::clicked, this, &EvaluationsSection::add);
    connect(m_cut, &ParamForm::edited, this, &EvaluationsSection::takeCut);
    reload();
}

void EvaluationsSection::reload()
{
    m_add->setEnabled(!Registry::instance().ids(Kind::metric).empty());
    for (const Row &row : m_rows) {
        row.task->reload();
    }
    showEvaluations(m_evaluations);
}

void EvaluationsSection::showEvaluations(const std::vector<EvaluationChoice> &evaluations)
{
    m_evaluations = evaluations;
    while (m_rows.size() > evaluations.size()) {
        m_rows.back().box->deleteLater();
        m_rows.pop_back();
    }
    for (std::size_t place = 0; place < evaluations.size(); ++place) {
        if (place == m_rows.size()) {
            m_rows.push_back(makeRow(place));
        }
        m_rows[place].task->showChoice(evaluations[place].task);
        m_rows[place].data->setValues(Json{{"data", evaluations[place].data}}.dump());
    }
    showSummary();
}

void EvaluationsSection::showUsual(const UsualEvaluation &usual)
{
    m_usual = usual;
    m_cut->setValues(Json{{"samples", usual.samples}, {"length", usual.length}}.dump());
    showSummary();
}

void EvaluationsSection::takeCut(const std::string &key, const std::string &value)
{
    UsualEvaluation after = m_usual;
    (key == "samples" ? after.samples : after.length) = Json::parse(value).get<std::int64_t>();
    Q_EMIT cutEdited(after);
}

void EvaluationsSection::showSummary()
{
    QStringList titles;
    for (const EvaluationChoice &each : m_evaluations) {
        titles.append(componentTitle(Kind::metric, each.task.id));
    }
    for (const std::string &task : m_usual.tasks) {
        const Json choice = Json::parse(task);
        if (m_evaluations.empty()) {
            titles.append(componentTitle(Kind::metric,
                                         choice.is_string() ? choice.get<std::string>()
                                                            : choice.value("id", "")));
        }
    }
    setSummary(titles.isEmpty() ? tr("The usual one") : titles.join(", "));
}

bool EvaluationsSection::check()
{
    bool isGood = true;
    for (std::size_t place = 0; place < m_rows.size(); ++place) {
        isGood = m_rows[place].task->check(m_evaluations[place].task) && isGood;
        const bool hasData = !m_evaluations[place].data.empty();
        m_rows[place].data->setProblem("data", hasData ? QString() : tr("Choose a file."));
        isGood = isGood && hasData;
    }
    return isGood && m_cut->isValid();
}

EvaluationsSection::Row EvaluationsSection::makeRow(std::size_t place)
{
    Row row;
    row.box = new QWidget(m_list);
    const QString title = tr("Measurement %1").arg(place + 1);
    row.task = new ComponentSection(Kind::metric, title, false, row.box);
    row.task->setOpen(true);
    row.data = new ParamForm(row.box);
    row.data->setAccessiblePrefix(title);
    row.data->setParameters({dataParameter()});
    row.task->addContent(row.data);
    auto *remove = new QPushButton(tr("Remove"), row.box);
    remove->setAccessibleName(tr("Remove: %1").arg(title));
    auto *layout = new QVBoxLayout(row.box);
    layout->setContentsMargins({});
    layout->addWidget(row.task);
    layout->addWidget(remove, 0, Qt::AlignLeft);
    m_listLayout->addWidget(row.box);
    // Later: the row must not go while its button is being clicked.
    connect(
        remove, &QPushButton::clicked, this, [this, place] { this->remove(place); },
        Qt::QueuedConnection);
    connect(
        row.task, &ComponentSection::edited, this,
        [this, place](const ComponentChoice &choice, const QString &text, const QString &mergeKey) {
            std::vector<EvaluationChoice> after = m_evaluations;
            after[place].task = choice;
            Q_EMIT edited(after, text, mergeKey);
        });
    connect(row.data, &ParamForm::edited, this,
            [this, place](const std::string &, const std::string &value, const QString &text) {
                std::vector<EvaluationChoice> after = m_evaluations;
                after[place].data = Json::parse(value).get<std::string>();
                Q_EMIT edited(after, text, QString("evaluation data %1").arg(place));
            });
    return row;
}

void EvaluationsSection::add()
{
    const std::vector<std::string> ids = Registry::instance().ids(Kind::metric);
    if (ids.empty()) {
        return;
    }
    const bool hasUsual = std::find(ids.begin(), ids.end(), "perplexity") != ids.end();
    std::vector<EvaluationChoice> after = m_evaluations;
    after.push_back({{hasUsual ? "perplexity" : ids.front(), "{}"}, m_defaultData.toStdString()});
    Q_EMIT edited(after, tr("Add a measurement"), {});
}

void EvaluationsSection::remove(std::size_t place)
{
    if (place < m_evaluations.size()) {
        std::vector<EvaluationChoice> after = m_evaluations;
        after.erase(after.begin() + static_cast<std::ptrdiff_t>(place));
        Q_EMIT edited(after, tr("Remove a measurement"), {});
    }
}

} // namespace bitprism
