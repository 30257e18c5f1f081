// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/recipe_files.h"

#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/file_saver.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"
#include "widgets/shared/theme.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitprism {

RecipeFiles::RecipeFiles(RecipeDocument &document, Worker &worker, QWidget *parent)
    : QFrame(parent)
    , m_document(document)
    , m_reading(worker, this, [this](const Answer<Recipe> &answer) { take(answer); })
    , m_saver(new FileSaver(this))
    , m_text(new QLabel(this))
{
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *dismiss = new QPushButton(tr("Dismiss"), this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(m_text);
    layout->addWidget(dismiss, 0, Qt::AlignLeft);
    hide();
    connect(dismiss, &QPushButton::clicked, this, &QWidget::hide);
    connect(&document, &RecipeDocument::changed, this, &QWidget::hide);
    connect(&document, &RecipeDocument::replaced, this, [this] { m_reading.forget(); });
    connect(m_saver, &FileSaver::saved, this,
            [this](const QString &, const QString &problem) { show(problem, true); });
}

void RecipeFiles::chooseRecipe()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Open a recipe"), {},
                                                      tr("Recipes (*.json);;All files (*)"));
    if (!file.isEmpty()) {
        openFrom(file);
    }
}

void RecipeFiles::chooseTarget()
{
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the recipe"), "recipe.json",
                                                      tr("Recipes (*.json)"));
    if (!file.isEmpty()) {
        saveTo(file);
    }
}

void RecipeFiles::openFrom(const QString &file)
{
    m_file = file;
    m_reading.ask([path = file.toStdString()] { return readRecipe(path); });
}

void RecipeFiles::saveTo(const QString &file)
{
    m_saver->save(file, QByteArray::fromStdString(m_document.recipe().toFileText()));
}

void RecipeFiles::take(const Answer<Recipe> &answer)
{
    if (answer.value) {
        m_document.edit(tr("Open a recipe"), *answer.value);
        show(tr("Recipe opened from %1.").arg(QFileInfo(m_file).fileName()), false);
        m_text->setToolTip(m_file);
    } else {
        show(errorText(*answer.problem), true);
    }
}

QString RecipeFiles::problem() const
{
    return isHidden() || !m_isProblem ? QString() : m_text->text();
}

void RecipeFiles::show(const QString &text, bool isProblem)
{
    m_isProblem = isProblem;
    QPalette colours = palette();
    if (isProblem) {
        colours.setColor(QPalette::WindowText, Theme::of(colours).bad);
    }
    m_text->setPalette(colours);
    m_text->setText(text);
    m_text->setToolTip({});
    setVisible(!text.isEmpty());
}

} // namespace bitprism
