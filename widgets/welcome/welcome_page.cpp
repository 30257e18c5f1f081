// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/welcome/welcome_page.h"

#include "core/families/locate_model.h"
#include "widgets/shared/full_height.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/scroll_page.h"

#include <QCommandLinkButton>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QLocale>
#include <QSettings>
#include <QVBoxLayout>

namespace bitprism {

namespace {

constexpr int mostRecent = 8;
constexpr int pathEms = 16; // of a path, so that it stays on its line
const QString recentKey = QStringLiteral("recent");

QCommandLinkButton *link(const QString &title, const QString &note, QWidget *parent)
{
    auto *button = new QCommandLinkButton(title, note, parent);
    button->setIcon(QIcon());
    button->setAccessibleName(title);
    button->setAccessibleDescription(note);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true); // its note wraps
    button->setSizePolicy(policy);
    return button;
}

} // namespace

QStringList recentTargets() { return QSettings().value(recentKey).toStringList(); }

void rememberTarget(const QString &target)
{
    QStringList recent = recentTargets();
    recent.removeAll(target);
    recent.prepend(target);
    QSettings().setValue(recentKey, recent.mid(0, mostRecent));
}

WelcomePage::WelcomePage(QWidget *parent)
    : QWidget(parent)
{
    auto *title = new QLabel(tr("Bitprism"), this);
    title->setFont(scaledFont(this, 2, QFont::DemiBold));
    auto *subtitle
        = new QLabel(tr("See what quantization costs a transformer model, layer by layer."), this);
    subtitle->setForegroundRole(QPalette::PlaceholderText);
    subtitle->setWordWrap(true);
    auto *left = new QVBoxLayout;
    left->setSpacing(space(this, 1));
    auto *open = new QVBoxLayout;
    m_recent = new QVBoxLayout;
    addPart(tr("Open"), open, left);
    left->addSpacing(space(this, 6));
    addPart(tr("Recent"), m_recent, left);
    left->addStretch(1);
    auto *right = new QVBoxLayout;
    right->setSpacing(space(this, 1));
    m_samples = new QGridLayout;
    addPart(tr("Samples"), m_samples, right);
    right->addStretch(1);
    // There are more samples than ways to open: they stand in two columns beside one.
    auto *columns = new QHBoxLayout;
    columns->setSpacing(space(this, 12));
    columns->addLayout(left, 1);
    columns->addLayout(right, 2);
    auto *model
        = link(tr("A model..."), tr("A folder with config.json and safetensors files"), this);
    auto *file = link(tr("A GGUF file..."), tr("A model in one file"), this);
    auto *store = link(tr("A project..."), tr("A .bitprism file with its runs"), this);
    auto *hint = new QLabel(tr("Or drop a folder or file on this window."), this);
    hint->setForegroundRole(QPalette::PlaceholderText);
    hint->setWordWrap(true);
    for (QWidget *part : std::initializer_list<QWidget *>{model, file, store, hint}) {
        open->addWidget(part);
    }

    auto *content = new QWidget(this);
    auto *layout = new QVBoxLayout(content);
    const int margin = space(this, 12);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addStretch(1);
    layout->addWidget(title);
    layout->addWidget(subtitle);
    layout->addSpacing(space(this, 8));
    layout->addLayout(columns);
    layout->addStretch(2);
    keepFullHeight(content); // a small window scrolls it
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins({});
    page->addWidget(new ScrollPage(content, tr("Welcome page"), this));
    connect(model, &QPushButton::clicked, this, &WelcomePage::openModelRequested);
    connect(file, &QPushButton::clicked, this, &WelcomePage::openModelFileRequested);
    connect(store, &QPushButton::clicked, this, &WelcomePage::openStoreRequested);
    setSamples({});
    setRecent(recentTargets());
}

void WelcomePage::addPart(const QString &title, QLayout *list, QVBoxLayout *column)
{
    auto *heading = new QLabel(title, this);
    heading->setFont(scaledFont(this, 1.2, QFont::DemiBold));
    heading->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto *box = new QWidget(this);
    box->setLayout(list);
    list->setContentsMargins({});
    list->setSpacing(space(this, 1));
    column->addWidget(heading);
    column->addWidget(box);
}

void WelcomePage::setSamples(const std::vector<Sample> &samples)
{
    empty(*m_samples);
    m_samples->setColumnStretch(0, 1);
    m_samples->setColumnStretch(1, 1);
    m_samples->setHorizontalSpacing(space(this, 12)); // as between the columns beside
    if (samples.empty()) {
        m_samples->addWidget(nothing(tr("No samples are installed."), *m_samples), 0, 0);
    }
    // The first is what to begin with; the others go down the columns, as lists are read.
    const int others = static_cast<int>(samples.size()) - 1;
    const int rows = (others + 1) / 2;
    for (int i = 0; i <= others; ++i) {
        QWidget *button = target(samples[static_cast<std::size_t>(i)], *m_samples);
        if (i == 0) {
            m_samples->addWidget(button, 0, 0, 1, 2);
        } else {
            m_samples->addWidget(button, 1 + (i - 1) % rows, (i - 1) / rows, Qt::AlignTop);
        }
    }
}

void WelcomePage::setRecent(const QStringList &targets)
{
    empty(*m_recent);
    for (const QString &path : targets) {
        const QFileInfo file(path);
        const QString note = file.isAbsolute()
            ? fontMetrics().elidedText(file.path(), Qt::ElideMiddle, em(this, pathEms))
            : QString();
        m_recent->addWidget(
            target({file.fileName().isEmpty() ? path : file.fileName(), note, path}, *m_recent));
    }
    if (targets.isEmpty()) {
        m_recent->addWidget(nothing(tr("What you open will stand here."), *m_recent));
    }
}

void WelcomePage::empty(QLayout &list)
{
    while (QLayoutItem *item = list.takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->hide(); // it goes later, and must not show beside what comes
            item->widget()->deleteLater();
        }
        delete item;
    }
}

QWidget *WelcomePage::target(const Sample &what, const QLayout &list)
{
    auto *button = link(what.title, what.note, list.parentWidget());
    button->setToolTip(what.target);
    connect(button, &QPushButton::clicked, this,
            [this, target = what.target] { Q_EMIT openRequested(target); });
    return button;
}

QWidget *WelcomePage::nothing(const QString &sentence, const QLayout &list)
{
    auto *label = new QLabel(sentence, list.parentWidget());
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setWordWrap(true);
    return label;
}

/// What a sample is, in the window's language or else in English.
static QString summaryOf(const SampleModel &sample)
{
    const auto inLanguage = sample.summary.find(QLocale().name().toStdString());
    const auto found = inLanguage == sample.summary.end() ? sample.summary.find("en") : inLanguage;
    return found == sample.summary.end() ? QString() : QString::fromStdString(found->second);
}

std::vector<WelcomePage::Sample> installedSamples(bool withDerived)
{
    std::vector<WelcomePage::Sample> samples;
    if (const auto project = sampleProject()) {
        samples.push_back({WelcomePage::tr("The sample project"),
                           WelcomePage::tr("tiny-llama with finished runs and a report"),
                           QString::fromStdString(project->string())});
    }
    for (const SampleModel &sample : sampleModels()) {
        if (!withDerived && !sample.derivedFrom.empty()) {
            continue;
        }
        const QString name = QString::fromStdString(sample.name);
        samples.push_back({name, summaryOf(sample), name});
    }
    return samples;
}

} // namespace bitprism
