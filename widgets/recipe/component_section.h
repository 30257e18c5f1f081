// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/shared/section.h"

#include <set>
#include <string>

class QComboBox;
class QLabel;

namespace bitprism {

class ParamForm;

/// One component of a recipe: which one, and its parameters.
class ComponentSection : public Section
{
    Q_OBJECT

public:
    /// `isOptional` adds "None", which is a choice with an empty id.
    ComponentSection(Kind kind, const QString &title, bool isOptional, QWidget *parent = nullptr);

    /// Parameters that other fields of the recipe stand for.
    void hideParameters(std::set<std::string> keys) { m_hidden = std::move(keys); }
    /// Fills the list of components from the registry, once the engine has added its own.
    void reload();
    void showChoice(const ComponentChoice &choice);
    /// Shows what is wrong with the choice at its field; false where something is.
    bool check(const ComponentChoice &choice);
    bool isEmpty() const; ///< no component of the kind is known

Q_SIGNALS:
    /// `text` names the change for undo; equal merge keys that follow each other are one change.
    void edited(const bitprism::ComponentChoice &choice, const QString &text,
                const QString &mergeKey);

private:
    void chooseComponent();
    void takeParameter(const std::string &key, const std::string &value, const QString &title);
    QString summary() const;

    Kind m_kind;
    QString m_title;
    bool m_isOptional;
    std::set<std::string> m_hidden;
    ComponentChoice m_choice;
    std::string m_shownId; ///< whose fields the form has
    QComboBox *m_components;
    QLabel *m_source;
    QLabel *m_problem;
    ParamForm *m_form;
};

/// The component's title in the user's language; the id where it is not known.
QString componentTitle(Kind kind, const std::string &id);

} // namespace bitprism
