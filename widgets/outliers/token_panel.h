// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/outliers/layer_map.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace bitprism {

class DataTable;
class LinePlot;
class TokenModel;

/// The tokens of one layer's input: their largest magnitudes from the largest on, and the text of
/// those that excite the chosen channel (or, where none is chosen, of the largest).
class TokenPanel : public QWidget
{
    Q_OBJECT

public:
    explicit TokenPanel(QWidget *parent = nullptr);

    /// Null: not read yet, or none is kept.
    void showMap(const LayerMapPtr &map, std::int64_t channel);
    LinePlot &plot() { return *m_plot; }
    TokenModel &model() { return *m_model; }
    QString heading() const;

Q_SIGNALS:
    void tokenChosen(qint64 token);
    void allChannelsRequested();

private:
    LinePlot *m_plot;
    QLabel *m_heading;
    QPushButton *m_all;
    TokenModel *m_model;
    DataTable *m_table;
};

} // namespace bitprism
