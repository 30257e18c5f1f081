// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <QWidget>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

class QFormLayout;
class QLabel;

namespace bitprism {

/// A form made from what a component says of its parameters: a field for each by its type, the help
/// as its tooltip, grey where it does not apply, and a problem below the field it belongs to.
class ParamForm : public QWidget
{
    Q_OBJECT

public:
    explicit ParamForm(QWidget *parent = nullptr);
    ~ParamForm() override;

    /// Fields for `parameters`, whose values are their defaults until setValues().
    void setParameters(std::vector<ParamInfo> parameters);
    const std::vector<ParamInfo> &parameters() const { return m_parameters; }
    /// `values` is a JSON object as text; keys that it lacks show their default.
    void setValues(const std::string &values);
    /// A problem that was found across fields; an empty text clears it. False: no such field.
    bool setProblem(const std::string &key, const QString &problem);
    void clearProblems();
    /// No field holds a text that means nothing.
    bool isValid() const;
    /// Put before every field's accessible name: "Weights" makes "Weights: bits".
    void setAccessiblePrefix(const QString &prefix) { m_prefix = prefix; }
    /// What a parameter means stands below its field too, not in its tooltip alone; for the fields
    /// that come.
    void setShowsHelp(bool shows) { m_showsHelp = shows; }

Q_SIGNALS:
    /// The user set a field to a value that fits its range; `value` is JSON text.
    void edited(const std::string &key, const std::string &value, const QString &title);
    /// A text that means nothing came into a field, or the last one went.
    void validityChanged();

protected:
    void changeEvent(QEvent *event) override;

private:
    /// One parameter on the screen.
    struct Field
    {
        QLabel *label = nullptr;
        QWidget *editor = nullptr;
        QLabel *problem = nullptr;
        std::function<void(const Json &)> show; ///< puts a value into the editor
        std::function<QString()> ownProblem; ///< of the text alone; empty function: never any
    };

    void addField(const ParamInfo &info);
    QWidget *makeEditor(const ParamInfo &info, Field &field);
    QWidget *makeNumber(const ParamInfo &info, Field &field);
    QWidget *makeFlag(const ParamInfo &info, Field &field);
    QWidget *makeChoice(const ParamInfo &info, Field &field);
    QWidget *makePath(const ParamInfo &info, Field &field);
    QWidget *makeText(const ParamInfo &info, Field &field);
    void take(const std::string &key, const Json &value);
    void enableFields();
    void tellValidity();
    void showProblem(Field &field, const QString &problem);
    void colourProblems();

    std::vector<ParamInfo> m_parameters;
    std::map<std::string, Field> m_fields;
    std::unique_ptr<Json> m_values;
    QString m_prefix;
    bool m_showsHelp = false;
    bool m_isValid = true; ///< as it was told last
    QFormLayout *m_layout;
};

} // namespace bitprism
