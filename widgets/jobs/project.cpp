// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/project.h"

#include "core/store/file_system.h"
#include "widgets/shared/settings.h"
#include "widgets/shared/text.h"

#include <QDateTime>
#include <QFileInfo>
#include <QSettings>

#include <algorithm>
#include <utility>

namespace bitprism {

namespace {

constexpr int watchMilliseconds = 2000; // how soon runs of other processes show

/// Changes whenever a process wrote to the store.
QString stampOf(const QString &store)
{
    QString stamp;
    for (const QString &file : {store, store + "-wal"}) {
        const QFileInfo info(file);
        stamp += QString::number(info.size()) + '@'
            + QString::number(info.lastModified().toMSecsSinceEpoch()) + ' ';
    }
    return stamp;
}

bool isSame(const store::RunRecord &a, const store::RunRecord &b)
{
    return a.id == b.id && a.name == b.name && a.status == b.status && a.blocksDone == b.blocksDone
        && a.blocks == b.blocks && a.failure == b.failure && a.finished == b.finished
        && a.experiment == b.experiment && a.averageBits == b.averageBits && a.bytes == b.bytes
        && a.seconds == b.seconds;
}

} // namespace

Project::Project(QObject *parent)
    : QObject(parent)
    , m_reading(m_storeThread, this,
                [this](const Answer<ProjectContents> &answer) {
                    ProjectContents contents;
                    contents.modelProblem = answer.problem;
                    takeRead(answer.value.value_or(contents));
                })
    , m_listing(m_storeThread, this,
                [this](const Answer<RunListPtr> &answer) {
                    takeTrouble(answer.value ? nullptr : answer.problem);
                    if (answer.value) {
                        takeRuns(*answer.value);
                    }
                })
    , m_watching(m_storeThread, this, [this](const Answer<QString> &answer) {
        if (answer.value && *answer.value != m_stamp) {
            m_stamp = *answer.value;
            refreshRuns();
        }
    })
{
    m_watchTimer.setInterval(watchMilliseconds);
    connect(&m_watchTimer, &QTimer::timeout, this, &Project::watchStore);
}

void Project::open(const QString &target, const QString &storePath)
{
    if (m_state == State::Ready) {
        m_before = Opened{m_target, m_storePath, m_contents};
    } else if (m_state != State::Loading) {
        m_before.reset();
    }
    m_target = target;
    if (!storePath.isEmpty()) {
        m_storePath = storePath;
    }
    m_state = State::Loading;
    m_contents.model.reset();
    m_contents.modelHash.clear();
    m_listing.forget();
    m_watching.forget();
    m_watchTimer.stop();
    Q_EMIT changed();
    m_reading.ask([connection = m_connection, target, store = m_storePath] {
        connection->close();
        return ProjectReader::read(target, store);
    });
}

void Project::refreshRuns()
{
    const QString path = writableStorePath();
    if (path.isEmpty() || m_state == State::Loading) {
        return;
    }
    m_listing.ask([connection = m_connection, path = path.toStdString()] {
        return std::make_shared<const RunList>(ProjectReader::readRuns(connection->open(path)));
    });
}

const store::RunRecord *Project::findRun(const QString &id) const
{
    if (!m_shownRuns || id.isEmpty()) {
        return nullptr;
    }
    if (m_runsById.empty()) { // made when it is needed: lists of thousands come and go
        for (const store::RunRecord &run : *m_shownRuns) {
            m_runsById.emplace(run.id, &run);
        }
    }
    const auto found = m_runsById.find(id.toStdString());
    return found == m_runsById.end() ? nullptr : found->second;
}

QString Project::writableStorePath() const
{
    if (!m_contents.storePath.isEmpty()) {
        return m_contents.storePath;
    }
    return m_storePath.isEmpty() ? QString::fromStdString(store::defaultStorePath().string())
                                 : m_storePath;
}

QString Project::modelProblem() const
{
    return m_contents.modelProblem ? errorText(*m_contents.modelProblem) : QString();
}

QString Project::storeProblem() const
{
    return m_contents.storeProblem ? errorText(*m_contents.storeProblem) : QString();
}

void Project::setDataFiles(const QString &calibration, const QString &evaluation)
{
    if (calibration == m_contents.calibrationFile && evaluation == m_contents.evaluationFile) {
        return;
    }
    m_contents.calibrationFile = calibration;
    m_contents.evaluationFile = evaluation;
    if (m_contents.model) {
        QSettings settings;
        settings.setValue(modelKey("calibration", m_contents.model->path), calibration);
        settings.setValue(modelKey("evaluation", m_contents.model->path), evaluation);
    }
    Q_EMIT dataFilesChanged();
}

void Project::setUsualEvaluation(const UsualEvaluation &usual)
{
    if (!(usual == m_contents.usualEvaluation)) {
        m_contents.usualEvaluation = usual;
        Q_EMIT dataFilesChanged();
    }
}

void Project::takeRead(ProjectContents contents)
{
    if (!contents.model && contents.storeProblem && !contents.modelProblem) {
        contents.modelProblem = contents.storeProblem; // of a store that was to be opened
    }
    const std::optional<Opened> before = std::exchange(m_before, std::nullopt);
    if (!contents.modelProblem || !before) {
        take(contents);
        return;
    }
    const QString failed = std::exchange(m_target, before->target);
    m_storePath = before->storePath;
    take(before->contents);
    Q_EMIT openFailed(failed, errorText(*contents.modelProblem));
}

void Project::take(const ProjectContents &contents)
{
    m_contents = contents;
    showRuns();
    if (m_contents.model) {
        m_state = State::Ready;
        const QSettings settings;
        for (auto [file, which] : {std::pair(&m_contents.calibrationFile, "calibration"),
                                   std::pair(&m_contents.evaluationFile, "evaluation")}) {
            *file = settings.value(modelKey(which, m_contents.model->path), *file).toString();
        }
    } else {
        m_state = m_contents.modelProblem ? State::Failed : State::Empty;
    }
    if (!m_contents.storePath.isEmpty()) {
        m_storePath = m_contents.storePath;
    }
    m_stamp.clear();
    if (!std::exchange(m_trouble, {}).isEmpty()) {
        Q_EMIT storeTroubled({});
    }
    Q_EMIT changed();
    Q_EMIT runsChanged();
    Q_EMIT dataFilesChanged();
    readFurtherRuns();
    if (!m_contents.storeProblem) {
        m_watchTimer.start();
    }
}

void Project::readFurtherRuns()
{
    if (m_contents.runs
        && m_contents.runs->size() == static_cast<std::size_t>(ProjectReader::pageSize)) {
        m_listing.ask([connection = m_connection, known = m_contents.runs,
                       path = m_contents.storePath.toStdString()] {
            return std::make_shared<const RunList>(
                ProjectReader::readRuns(connection->open(path), *known));
        });
    }
}

void Project::takeTrouble(const ErrorPtr &problem)
{
    const bool isYetToCome = m_contents.runs == nullptr; // the first run makes the store
    const QString text = problem && !isYetToCome ? errorText(*problem) : QString();
    if (problem) {
        m_stamp.clear(); // it is looked at again soon
    }
    if (text != m_trouble) {
        m_trouble = text;
        Q_EMIT storeTroubled(text);
    }
}

void Project::takeRuns(const RunListPtr &runs)
{
    const RunListPtr before = m_contents.runs;
    m_contents.runs = runs;
    forgetGoneRuns();
    showRuns();
    m_contents.storeProblem.reset();
    if (m_contents.storePath.isEmpty()) {
        m_contents.storePath = writableStorePath();
        m_storePath = m_contents.storePath;
    }
    if (!before
        || !std::equal(before->begin(), before->end(), runs->begin(), runs->end(), &isSame)) {
        Q_EMIT runsChanged();
    }
}

/// What is gone need not be hidden any more.
void Project::forgetGoneRuns()
{
    if (m_hiddenRuns.isEmpty()) {
        return;
    }
    QSet<QString> listed;
    for (const store::RunRecord &run : *m_contents.runs) {
        listed.insert(QString::fromStdString(run.id));
    }
    m_hiddenRuns.intersect(listed);
}

void Project::showRuns()
{
    m_runsById.clear();
    m_shownRuns = m_contents.runs;
    if (m_hiddenRuns.isEmpty() || !m_contents.runs) {
        return;
    }
    RunList shown;
    for (const store::RunRecord &run : *m_contents.runs) {
        if (!m_hiddenRuns.contains(QString::fromStdString(run.id))) {
            shown.push_back(run);
        }
    }
    m_shownRuns = std::make_shared<const RunList>(std::move(shown));
}

void Project::setHiddenRuns(const QSet<QString> &ids)
{
    if (ids != m_hiddenRuns) {
        m_hiddenRuns = ids;
        showRuns();
        Q_EMIT runsChanged();
    }
}

void Project::watchStore()
{
    const QString path = writableStorePath();
    if (!path.isEmpty()) {
        m_watching.ask([path] { return stampOf(path); });
    }
}

} // namespace bitprism
