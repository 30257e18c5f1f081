// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ReportView beside the preview: the sections' switches and the export.
#include "core/base/component.h"
#include "widgets/report/report_view.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitprism {

/// A part that no run of the report has results for cannot be switched on, and says so. What the
/// person wants of it is kept for other runs.
void ReportView::showSwitches()
{
    const ReportSections known = m_report ? sectionsOf(*m_report) : ReportSections();
    for (const Switch &each : m_switches) {
        const bool isKnown = known.*(each.part);
        //: a section of the report, of which the chosen runs have nothing
        each.box->setText(isKnown ? each.name : tr("%1 (none)").arg(each.name));
        each.box->setToolTip(isKnown
                                 ? each.tip
                                 //: what the section would show
                                 : tr("%1. None of the runs chosen above has it.").arg(each.tip));
        each.box->setAccessibleDescription(each.box->toolTip());
        each.box->setEnabled(isKnown);
        each.box->setChecked(isKnown && m_sections.*(each.part));
    }
}

void ReportView::takeChoices(const ReportView &other)
{
    m_sections = other.m_sections;
    m_format->setCurrentIndex(m_format->findData(other.format()));
    showSwitches();
    askPreview();
}

QWidget *ReportView::makeSide()
{
    auto *side = new QWidget(this);
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    const auto addTitle = [&](const QString &text) {
        auto *title = new QLabel(text, side);
        title->setFont(scaledFont(this, 1, QFont::DemiBold));
        layout->addWidget(title);
    };
    addTitle(tr("Sections"));
    const auto addSwitch
        = [&](const QString &name, const QString &tip, bool ReportSections::*part) {
              m_switches.push_back({new QCheckBox(side), name, tip, part});
              layout->addWidget(m_switches.back().box);
              connect(m_switches.back().box, &QCheckBox::clicked, this, [this, part](bool on) {
                  m_sections.*part = on;
                  askPreview();
              });
          };
    addSwitch(tr("Results"), tr("Metrics side by side, and the trade-off"),
              &ReportSections::results);
    addSwitch(tr("Layers"), tr("Bits and errors by layer, and how they differ"),
              &ReportSections::layers);
    addSwitch(tr("Recipes"), tr("What differs between the recipes, and the recipes"),
              &ReportSections::recipes);
    addSwitch(tr("Sensitivity"), tr("What quantizing each layer alone costs"),
              &ReportSections::sensitivity);
    addSwitch(tr("Outliers"), tr("Largest inputs of every layer"), &ReportSections::outliers);
    addSwitch(tr("Allocation"), tr("Bits chosen under a budget, and the frontier"),
              &ReportSections::allocation);
    addSwitch(tr("Provenance"), tr("Commands that repeat the runs, versions, machine"),
              &ReportSections::provenance);
    showSwitches();
    layout->addSpacing(space(this, 4));
    addTitle(tr("Document"));
    for (const std::string &id : Registry::instance().ids(Kind::reporter)) {
        const ComponentEntry *reporter = Registry::instance().find(Kind::reporter, id);
        m_format->addItem(translated(reporter->info().title), QString::fromStdString(id));
    }
    m_format->setCurrentIndex(qMax(0, m_format->findData("html")));
    m_format->setAccessibleName(tr("Format of the document"));
    m_status->setWordWrap(true);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(m_export, &QPushButton::clicked, this, &ReportView::chooseFile);
    m_export->setObjectName("export-report"); // the File menu presses it
    layout->addWidget(m_format);
    layout->addWidget(m_export);
    layout->addWidget(m_status);
    layout->addStretch(1);
    side->setFixedWidth(em(this, 15));
    return side;
}

} // namespace bitprism
