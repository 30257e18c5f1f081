// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QWidget>

#include <vector>

namespace bitprism {

class Project;
class Selection;

/// What every view may know; both live longer than the views.
struct ViewContext
{
    Project *project = nullptr;
    Selection *selection = nullptr;
};

/// One tab of the window's centre.
class View : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

Q_SIGNALS:
    /// The user wants to choose a model folder.
    void openModelRequested();
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
