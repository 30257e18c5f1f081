// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

namespace bitprism {

/// The layer that the user looks at, shared by all views: choose it anywhere, and every view
/// highlights it.
class Selection : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Name as in the checkpoint; empty: none.
    const QString &layer() const { return m_layer; }
    void setLayer(const QString &layer);

Q_SIGNALS:
    void layerChanged(const QString &layer);

private:
    QString m_layer;
};

} // namespace bitprism
