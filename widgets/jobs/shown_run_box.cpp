// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/shown_run_box.h"

#include "widgets/jobs/project.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"

#include <QAbstractItemView>
#include <QDateTime>
#include <QSignalBlocker>

#include <map>
#include <utility>
#include <vector>

namespace bitprism {

namespace {

constexpr std::size_t mostListed = 40; // newest runs; a list of ten thousand helps nobody

QString stateWord(store::RunStatus status)
{
    switch (status) {
    case store::RunStatus::Running:
        return ShownRunBox::tr("at work");
    case store::RunStatus::Failed:
        return ShownRunBox::tr("failed");
    default:
        return ShownRunBox::tr("partial");
    }
}

/// Names of runs, behind their time where two have the same (the box cuts the end), and their state
/// unless finished.
std::vector<std::pair<QString, QString>> listedRuns(const std::vector<store::RunRecord> &runs)
{
    std::map<std::string, int> named;
    for (const store::RunRecord &run : runs) {
        ++named[run.name];
    }
    std::vector<std::pair<QString, QString>> listed;
    for (const store::RunRecord &run : runs) {
        QString text = QString::fromStdString(run.name.empty() ? run.id : run.name);
        if (named[run.name] > 1) {
            const QDateTime made
                = QDateTime::fromString(QString::fromStdString(run.created), Qt::ISODateWithMs);
            text = QStringLiteral("%1, %2").arg(formatTime(made), text);
        }
        if (run.status != store::RunStatus::Finished) {
            // How far it is stands in the line below: here the words stay short.
            text = QStringLiteral("%1 (%2)").arg(text, stateWord(run.status));
        }
        listed.emplace_back(QString::fromStdString(run.id), text);
    }
    return listed;
}

} // namespace

ShownRunBox::ShownRunBox(const ViewContext &context, std::string_view kind, QWidget *parent)
    : QComboBox(parent)
    , m_context(context)
    , m_kind(kind)
{
    setAccessibleName(tr("Run that is shown"));
    setToolTip(tr("Which run is shown, here and in all views"));
    // As wide whatever is listed: what stands beside it keeps its place.
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    constexpr int usualLetters = 17;
    setMinimumContentsLength(usualLetters);
    connect(this, &QComboBox::activated, this,
            [this] { m_context.selection->setRun(currentData().toString()); });
}

void ShownRunBox::showRun(const QString &run)
{
    if (view()->isVisible()) {
        return; // nothing moves under the pointer
    }
    std::vector<store::RunRecord> runs;
    static const RunList none;
    for (const store::RunRecord &each :
         m_context.project->runs() ? *m_context.project->runs() : none) {
        const bool isShown = each.id == run.toStdString();
        const bool isOffered = each.kind == m_kind && runs.size() < mostListed
            && each.modelHash == m_context.project->modelHash();
        if (isShown || isOffered) {
            runs.push_back(each);
        }
    }
    const auto listed = listedRuns(runs);
    bool isSame = count() == static_cast<int>(listed.size());
    for (int i = 0; isSame && i < count(); ++i) {
        const auto &[id, text] = listed[static_cast<std::size_t>(i)];
        isSame = itemData(i).toString() == id && itemText(i) == text;
    }
    const QSignalBlocker quiet(this);
    if (!isSame) {
        clear();
        for (const auto &[id, text] : listed) {
            addItem(text, id);
        }
        view()->setMinimumWidth(view()->sizeHintForColumn(0) + em(this, 3));
    }
    setCurrentIndex(findData(run));
}

} // namespace bitprism
