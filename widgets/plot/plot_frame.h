// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_data.h"
#include "widgets/plot/plot_marks.h"
#include "widgets/plot/plot_text.h"

#include <QWidget>

#include <memory>

class QLabel;
class QMenu;

namespace bitprism {

class FileSaver;
class HoverCard;
class PlotCanvas;
class PlotInteraction;
class PlotOverlay;
struct PlotDrawing;

/// A plot with all that every plot has: a title that is a sentence with its unit, a muted line of
/// context, axes, hover card, zoom, pan, reset, a keyboard cursor that reads values out, and a menu
/// to save or copy picture and data. Subclasses own the data and say what lies where.
///
/// The things of a plot that can be pointed at (points, bars, cells) are its items, numbered from 0
/// in reading order. Hover and cursor are painted above the canvas: they cost no replot.
class PlotFrame : public QWidget
{
    Q_OBJECT

public:
    explicit PlotFrame(QWidget *parent = nullptr);
    ~PlotFrame() override;

    void setTitle(const QString &sentence);
    void setContext(const QString &line);
    /// Model, data, tokens and run, where the context says something else: it follows there.
    void setProvenance(const QString &line);
    QString title() const;
    QString context() const;
    /// What a click does, said at the foot of the hover card.
    void setClickHint(const QString &text);
    const QString &clickHint() const { return m_clickHint; }
    /// What items are ranked among, for the hover card: "the layers shown". Empty: not said.
    void setRankedAmong(const QString &what) { m_rankedAmong = what; }
    /// Takes the hover card away: what it says is of something else now.
    void leave();
    /// The canvas (axes, legend and all) is never lower than so many lines of text; title and
    /// context come on top, as they wrap.
    void setLeastLines(int lines);
    /// What to do where there is nothing to draw: stands in place of axes that would be invented.
    void setEmptyText(const QString &sentence);
    const QString &emptyText() const { return m_emptyText; }
    /// No item has a place on the plot.
    virtual bool isEmpty() const { return itemCount() == 0; }
    /// Items with these ids are outlined.
    void setSelected(const QStringList &ids);
    const QStringList &selected() const { return m_selected; }

    /// All of the data.
    void resetView();
    /// Above 1: nearer; the point at `pixel` of the canvas stays where it is.
    void zoom(double factor, const QPointF &pixel);
    void pan(const QPointF &pixels);

    /// The keyboard's item; -1: none.
    int cursor() const { return m_cursor; }
    void setCursor(int item);
    /// What the cursor's item says, in one line: the accessible description too.
    QString readOut() const;

    virtual int itemCount() const = 0;
    virtual QString itemId(int item) const = 0;
    /// Clicks, the brush, outlines and the keyboard's cursor pass over what is not.
    virtual bool isChoosable(int) const { return true; }
    /// In pixels of the canvas; empty where it is not shown.
    virtual QRectF itemRect(int item) const = 0;
    /// -1: nothing there.
    virtual int itemAt(const QPointF &pixel) const = 0;
    virtual PlotReading reading(int item) const = 0;
    virtual PlotTable table() const = 0;

    PlotCanvas &canvas() { return *m_canvas; }
    const PlotCanvas &canvas() const { return *m_canvas; }
    QMenu *makeMenu();
    /// Writes the picture on a thread of its own; pictureSaved() follows. The name's ending chooses
    /// among PNG, SVG and PDF.
    void savePicture(const QString &path);
    void copyImage();
    void copyData();

Q_SIGNALS:
    void hovered(const QString &id); ///< empty: nothing
    void clicked(const QString &id);
    void activated(const QString &id);
    void brushed(const QStringList &ids);
    void itemClicked(int item);
    /// `problem` is a sentence, or empty where all went well.
    void pictureSaved(const QString &path, const QString &problem);
    void viewChanged();

protected:
    /// Inside the axes; repeated at every replot.
    virtual void drawData(const PlotDrawing &drawing) = 0;
    virtual void drawAnnotations(const PlotDrawing &) { }
    /// Before each replot: ticks that depend on the size.
    virtual void prepareReplot() { }
    virtual void applyTheme();
    /// Where an arrow key goes from `item`; stays in range.
    virtual int neighbour(int item, Qt::Key key) const;
    const QString &rankedAmong() const { return m_rankedAmong; }
    /// Pixels around a click that still count.
    double reach() const;

    /// The ranges that show all data, and what zoom and pan change.
    void setFullView(const PlotRange &x, const PlotRange &y, Qt::Orientations zoomable);
    /// After new data: shows all of it, unless the user zoomed in.
    void dataChanged(bool keepView);
    void replot();
    /// One turn of `item` for all items with the selected ids.
    virtual std::vector<QRectF> selectedRects() const;
    /// Written above what is selected, where the axis has no room for its name; empty: nothing.
    virtual QString selectedName() const { return {}; }
    /// Of the items inside a rectangle of the canvas, each once.
    virtual QStringList idsIn(const QRectF &pixels) const;

    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    friend class PlotInteraction;
    friend class PlotOverlay;

    /// The nearest that can be chosen from `item` by steps of `step`, itself where there is none.
    int nextChoosable(int item, int step) const;
    /// -1: nothing there that can be chosen.
    int choosableAt(const QPointF &pixel) const;
    QString clickHintOf(int item) const { return isChoosable(item) ? m_clickHint : QString(); }
    void showContext();
    void keepHeight();
    void makeActions();
    void drawEmptyText(const PlotDrawing &drawing) const;
    void layOut();
    void chooseFile(const QString &suffix);
    void setHover(int item, const QPointF &pixel);
    void showCursor();
    void boundView();
    void bound(bool isX, const PlotRange &full);
    void updateAccessibleText();

    QLabel *m_title;
    QLabel *m_context;
    PlotCanvas *m_canvas;
    PlotOverlay *m_overlay;
    HoverCard *m_card;
    PlotInteraction *m_interaction;
    FileSaver *m_saver;
    QString m_contextLine;
    QString m_provenance;
    QString m_clickHint;
    QString m_rankedAmong;
    QString m_emptyText;
    QStringList m_selected;
    PlotRange m_fullX;
    PlotRange m_fullY;
    Qt::Orientations m_zoomable = Qt::Horizontal | Qt::Vertical;
    bool m_isZoomed = false;
    int m_leastLines = 0;
    int m_hover = -1;
    int m_cursor = -1;
};

} // namespace bitprism
