// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/jobs/worker.h"

#include <QFrame>

class QLabel;

namespace bitprism {

class FileSaver;
class RecipeDocument;

/// Opens and saves the recipe, and says which file was opened, or what was wrong with one, until
/// that is dismissed or the recipe changes; hidden else. The window goes on while a file is read or
/// written.
class RecipeFiles : public QFrame
{
    Q_OBJECT

public:
    /// `document` and `worker`, which reads, outlive it.
    RecipeFiles(RecipeDocument &document, Worker &worker, QWidget *parent = nullptr);

    void chooseRecipe();
    void chooseTarget();
    /// A file that is no recipe leaves the document as it is; so does one that is still read when
    /// another model is opened.
    void openFrom(const QString &file);
    void saveTo(const QString &file);
    /// Empty: nothing was wrong.
    QString problem() const;

private:
    void take(const Answer<Recipe> &answer);
    /// In the colour of problems, or in that of text.
    void show(const QString &text, bool isProblem);

    RecipeDocument &m_document;
    Latest<Recipe> m_reading;
    FileSaver *m_saver;
    QLabel *m_text;
    QString m_file; ///< that was opened last
    bool m_isProblem = false;
};

} // namespace bitprism
