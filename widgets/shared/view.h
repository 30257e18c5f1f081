// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QWidget>

#include <vector>

namespace bitprism {

class JobHub;
class Project;
class RecipeDocument;
class RunLibrary;
class Selection;

/// What every view may know; all of it lives longer than the views. Never null in the window.
struct ViewContext
{
    Project *project = nullptr;
    Selection *selection = nullptr;
    JobHub *hub = nullptr;
    RunLibrary *library = nullptr;
    RecipeDocument *recipe = nullptr;
};

/// One tab of the window's centre.
class View : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

protected:
    /// Whether the view is a tab that nobody sees: then there is no need to follow every change,
    /// and catchUp() is called when it is seen again.
    bool isPutAside();
    virtual void catchUp() { }
    void showEvent(QShowEvent *event) override;

private:
    bool m_isBehind = false;

Q_SIGNALS:
    /// The user wants to choose a model folder.
    void openModelRequested();
    /// The user wants to see another view: the name of its folder in widgets/.
    void showViewRequested(const QString &viewId);
};

/// One line of widgets/views.def.
struct ViewEntry
{
    const char *id = "";
    TranslatableText title;
    View *(*create)(ViewContext &context, QWidget *parent) = nullptr;
};

/// All views in the order of widgets/views.def.
const std::vector<const ViewEntry *> &viewEntries();

} // namespace bitprism

/// Stands once in a view's .cpp file, in namespace bitprism; the line in widgets/views.def is
/// VIEW(name). `title` is a BITPRISM_TR("View", "...").
#define BITPRISM_EXPORT_VIEW(name, Type, title)                                                    \
    extern const ::bitprism::ViewEntry view_##name;                                                \
    const ::bitprism::ViewEntry view_##name                                                        \
    {                                                                                              \
#name, title,                                                                              \
            [](::bitprism::ViewContext & context,                                                  \
               QWidget * parent) -> ::bitprism::View * { return new Type(context, parent); }       \
    }
