// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/application.h"

#include "core/base/version.h"
#include "widgets/shared/font_weight.h"
#include "widgets/shared/text.h"
#include "widgets/shared/window_style.h"

#include <QFontDatabase>
#include <QFontInfo>
#include <QLibraryInfo>
#include <QLocale>
#include <QThread>

#include <cstdio>

namespace bitprism {

namespace {

/// The system's font, and behind it one that has the letters of a language in its own forms: what
/// stands in by itself may be another country's, or bold where the text is not.
QFont fontOf(const QFont &system, const QLocale &locale)
{
    QFont font = system;
    if (locale.language() != QLocale::Chinese) {
        return font;
    }
    const QStringList known = QFontDatabase::families(QFontDatabase::SimplifiedChinese);
    for (const char *family : {"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
                               "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback"}) {
        if (known.contains(QLatin1String(family))) {
            // By its real name: of a family like "Sans Serif" the second would take the place.
            font.setFamilies({QFontInfo(system).family(), QLatin1String(family)});
            break;
        }
    }
    return font;
}

} // namespace

Application::Application(int &argc, char **argv)
    : QApplication(argc, argv)
    , m_systemIsDark(Theme::isDarkPalette(palette()))
    , m_systemFont(font())
{
    setApplicationName("bitprism");
    setApplicationDisplayName("Bitprism");
    const std::string_view version = programVersion();
    setApplicationVersion(
        QString::fromUtf8(version.data(), static_cast<qsizetype>(version.size())));
    setOrganizationName("bitprism");
    setStyle(new WindowStyle);
    drawFontsInTheirOwnWeight();
#ifdef BITPRISM_LOGS_STALLS
    m_stalls.setLogging(true);
#endif
    if (m_plurals.load("plurals_en", ":/i18n")) {
        installTranslator(&m_plurals); // the texts' own language; others come before it
    }
    setLanguage("system");
    setAppearance(Appearance::System);
}

void Application::setLanguage(const QString &name)
{
    removeTranslator(&m_ownTexts);
    removeTranslator(&m_qtTexts);
    const QLocale locale = name == "system" ? QLocale::system() : QLocale(name);
    setFont(fontOf(m_systemFont, locale));
    QLocale::setDefault(locale); // numbers and dates follow the words
    if (m_ownTexts.load(locale, "bitprism", "_", ":/i18n")) {
        installTranslator(&m_ownTexts);
    }
    if (m_qtTexts.load(locale, "qtbase", "_", QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
        installTranslator(&m_qtTexts);
    }
}

void Application::setAppearance(Appearance appearance)
{
    m_appearance = appearance;
    const bool isDark
        = appearance == Appearance::Dark || (appearance == Appearance::System && m_systemIsDark);
    setPalette(Theme::palette(isDark));
}

void Application::readSystem()
{
    setPalette(QPalette()); // the system's own, until ours replaces it
    m_systemIsDark = Theme::isDarkPalette(palette());
    setAppearance(m_appearance);
}

bool Application::notify(QObject *receiver, QEvent *event)
{
    if (QThread::currentThread() != thread()) {
        return deliver(receiver, event); // a worker's
    }
    // By name beforehand: the receiver may be gone afterwards.
    const char *name = receiver->metaObject()->className();
    const int type = event->type();
    if (type == QEvent::ThemeChange) { // one for each window; the last one reads
        QMetaObject::invokeMethod(this, &Application::readSystem, Qt::QueuedConnection);
    }
    m_stalls.begin();
    const bool isHandled = deliver(receiver, event);
    m_stalls.end(name, type);
    return isHandled;
}

bool Application::deliver(QObject *receiver, QEvent *event)
{
    try {
        return QApplication::notify(receiver, event);
    } catch (const Error &error) {
        report(errorText(error));
    } catch (const std::exception &problem) {
        report(tr("Something unexpected failed: %1").arg(problem.what()));
    } catch (...) {
        report(tr("Something unexpected failed."));
    }
    return false;
}

void Application::report(const QString &sentence)
{
    std::fprintf(stderr, "bitprism: %s\n", qPrintable(sentence));
    Q_EMIT unexpectedProblem(sentence);
}

} // namespace bitprism
