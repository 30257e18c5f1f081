// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_weights.h"
#include "core/jobs/engine.h"
#include "core/results/outlier_table.h"
#include "widgets/jobs/worker.h"
#include "widgets/outliers/layer_map.h"
#include "widgets/shared/view.h"

#include <QString>

#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QSlider;
class QStackedLayout;
class QStackedWidget;
class QTabWidget;

namespace bitprism {

class AllLayersPanel;
class AnalysisPanel;
class CalibrationPanel;
class ChannelPanel;
class DepthPanel;
class DistributionPanel;
class ImageMapPlot;
class MeasureButton;
class RunFollower;
class ShownRunBox;
class RunsBanner;
class StatePanel;
class TokenPanel;
class WhatIfPanel;
struct HubJob;

/// Where outliers are, what makes them and what removes them: an atlas of all layers and channels
/// first, then the map of the chosen layer, and beside them what would change it, distributions,
/// channels and gains, tokens, depth, and the same under other calibration sets. Fills up while a
/// job runs.
class OutliersView : public View
{
    Q_OBJECT

public:
    OutliersView(ViewContext &context, QWidget *parent);
    ~OutliersView() override;

    /// The run that is shown; empty: none.
    const QString &run() const;
    /// The layer whose map is shown: the selected one, or the one with the largest magnitude, which
    /// is the view's own choice and no other view's.
    const QString &layer() const { return m_layer; }
    std::int64_t channel() const { return m_channel; }
    ImageMapPlot &atlas() { return *m_atlas; }
    ImageMapPlot &map() { return *m_map; }
    StatePanel &mapState() { return *m_mapState; }
    QTabWidget &tabs() { return *m_tabs; }
    QSlider &scrub() { return *m_scrub; }
    WhatIfPanel &whatIfPanel() { return *m_whatIf; }
    TokenPanel &tokenPanel() { return *m_tokens; }
    AllLayersPanel &allLayersPanel() { return *m_allLayers; }
    ChannelPanel &channelPanel() { return *m_channels; }

protected:
    void catchUp() override { refresh(); }

private:
    struct KeptMap
    {
        QString key;
        LayerMapPtr map;
    };

    QWidget *makePage();
    QWidget *makeControls();
    void connectAll();
    void connectPanels();

    /// Chooses run and state, and shows them.
    void refresh();
    /// `over` is the last attempt; null: there was none.
    void showMissing(const HubJob *over);
    /// What a click on the button measures: the shown run's own once more where there is one.
    std::optional<JobRequest> request() const;
    void showTable();
    void showBanner();
    QString progressOf(const QString &told) const;
    void fillKinds();
    void askAtlas();
    void takeAtlas(const Answer<std::shared_ptr<const ImageMap>> &answer);

    void showLayer();
    void showScrub();
    /// Whether the model has the layer, in a block.
    bool isInABlock(const QString &layer) const;
    QString strongestLayer() const;
    const LayerOutliers *row(const QString &layer) const;
    QString mapKey(const LayerOutliers &row) const;
    void askMap(const LayerOutliers &row);
    void takeMap(const Answer<KeptMap> &answer);
    void showMap(const LayerMapPtr &map);
    /// Why there is no map: an `action` measures again.
    void showNoMap(const QString &sentence, const QString &action = {});
    /// The weights come from the checkpoint: slower than the map, so asked for apart.
    void askWeights();

    /// Of the channels that share a cell of the map with `channel`, the largest.
    std::int64_t largestOfCell(std::int64_t channel) const;
    void chooseChannel(std::int64_t channel);
    void showChannel();
    void showTab();
    void chooseToken(std::int64_t token);
    QString contextLine() const;

    ViewContext m_context;
    RunFollower *m_follower;
    QStackedLayout *m_layout;
    MeasureButton *m_start;
    AnalysisPanel *m_state;
    ShownRunBox *m_runs;
    QComboBox *m_kind;
    QCheckBox *m_log;
    QSlider *m_scrub;
    QLabel *m_scrubText;
    RunsBanner *m_banner;
    ImageMapPlot *m_atlas;
    ImageMapPlot *m_map;
    StatePanel *m_mapState; ///< in place of the map
    QStackedWidget *m_mapPlace;
    WhatIfPanel *m_whatIf;
    DistributionPanel *m_distributions;
    ChannelPanel *m_channels;
    TokenPanel *m_tokens;
    DepthPanel *m_depth;
    AllLayersPanel *m_allLayers;
    CalibrationPanel *m_calibrations;
    QTabWidget *m_tabs;
    QWidget *m_page;
    Latest<std::shared_ptr<const ImageMap>> m_atlasMaking;
    Latest<KeptMap> m_mapReading;
    Latest<LayerWeights> m_weightsReading;

    std::shared_ptr<const OutlierTable> m_result;
    std::vector<QString> m_scrubbed; ///< layers of one kind, by depth
    QString m_layer;
    std::int64_t m_channel = -1;
    LayerMapPtr m_shown; ///< null: not read yet, or none is kept
    QString m_asked; ///< key of the map that is read or shown
    QString m_whyNoMap; ///< empty: there is one, or it is read
    std::list<KeptMap> m_kept; ///< the one that was used last first
    std::map<int, AtlasTokensPtr> m_tokensOf; ///< of the run, by stack
};

} // namespace bitprism
