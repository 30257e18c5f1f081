// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/job_hub.h"

#include <QAbstractTableModel>

namespace bitprism {

/// The jobs of this session, in the order they were submitted.
class JobsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        TitleColumn,
        StateColumn,
        EstimateColumn,
        TimeColumn,
        columnTotal
    };
    static constexpr int idRole = Qt::UserRole;
    /// The share that is done, from 0 to 1, of a running job; absent for others.
    static constexpr int fractionRole = Qt::UserRole + 1;

    explicit JobsModel(JobHub &hub, QObject *parent = nullptr);

    quint64 idAt(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    int rowOf(quint64 id) const;
    QString text(const HubJob &job, int column) const;

    JobHub &m_hub;
    QList<quint64> m_ids;
};

/// "Waiting", "Starting", "43 %", "Stopped at 43 %", ... of a job.
QString jobStateText(const HubJob &job);
/// What doing the job once more is called: "Resume" of what was stopped and kept something, as
/// everywhere in the window, else "Retry".
QString retryText(const HubJob &job);
/// "21 s left", or "about 21 s left", while it is known; else how long it has taken.
QString jobTimeText(const HubJob &job);

} // namespace bitprism
