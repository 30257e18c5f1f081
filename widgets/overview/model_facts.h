// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <QWidget>

class QFormLayout;

namespace bitprism {

/// What the checkpoint says of the model, name by name.
class ModelFacts : public QWidget
{
    Q_OBJECT

public:
    explicit ModelFacts(QWidget *parent = nullptr);

    void showModel(const ModelInfo &info);

private:
    void add(const QString &name, const QString &value);

    QFormLayout *m_form;
};

} // namespace bitprism
