// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/worker.h"

#include <QFrame>

class QLabel;

namespace bitprism {

class RecipeDocument;

/// Opens and saves the recipe, and says what was wrong with a file until that is dismissed or the
/// recipe changes. Hidden while nothing is wrong.
class RecipeFiles : public QFrame
{
    Q_OBJECT

public:
    /// `document` outlives it.
    explicit RecipeFiles(RecipeDocument &document, QWidget *parent = nullptr);

    void chooseRecipe();
    void chooseTarget();
    /// A file that is no recipe leaves the document as it is.
    void openFrom(const QString &file);
    void saveTo(const QString &file);
    /// Empty: nothing was wrong.
    QString problem() const;

private:
    void show(const ErrorPtr &problem);

    RecipeDocument &m_document;
    QLabel *m_text;
};

} // namespace bitprism
