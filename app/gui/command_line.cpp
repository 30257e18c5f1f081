// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/command_line.h"

#include "core/base/version.h"
#include "widgets/shared/settings.h"

#include <QCommandLineParser>

namespace bitprism {

namespace {

const QCommandLineOption storeOption("store", "Store with the runs; your own by default.", "FILE");
const QCommandLineOption themeOption("theme", "Colours: light, dark or system.", "NAME");
const QCommandLineOption screenshotsOption("screenshots",
                                           "Save a picture of every view in FOLDER, then quit; of "
                                           "the sample project where nothing is named.",
                                           "FOLDER");
const QCommandLineOption languageOption("language", "Language: en, zh_CN or system.", "NAME");
const QCommandLineOption scaleOption("scale", "Enlarge everything by 1 to 4, as on a dense screen.",
                                     "FACTOR");

const QCommandLineOption sizeOption("size", "Size of the window in the pictures: 1440x900.",
                                    "WIDTHxHEIGHT");

QCommandLineOption measureOption()
{
    QCommandLineOption option("measure", "Measure the window, print it as JSON, then quit.",
                              "NAME");
    option.setFlags(QCommandLineOption::HiddenFromHelp); // bitprism-cli bench is its user
    return option;
}

bool takeTheme(const QString &name, CommandLine &line)
{
    line.hasAppearance = true;
    if (name == "light") {
        line.appearance = Appearance::Light;
    } else if (name == "dark") {
        line.appearance = Appearance::Dark;
    } else if (name != "system") {
        line.problem = QString("unknown theme \"%1\"; use light, dark or system").arg(name);
    }
    return line.problem.isEmpty();
}

bool takeLanguage(const QString &name, CommandLine &line)
{
    QStringList known;
    for (const Choice &choice : languageChoices()) {
        known.append(QString::fromStdString(std::string(choice.value)));
    }
    line.language = name;
    if (!known.contains(name)) {
        line.problem
            = QString("unknown language \"%1\"; use one of %2").arg(name, known.join(", "));
    }
    return line.problem.isEmpty();
}

bool takeScale(const QString &text, CommandLine &line)
{
    bool isNumber = false;
    line.scale = text.toDouble(&isNumber);
    if (!isNumber || !(line.scale >= 1 && line.scale <= 4)) {
        line.problem = QString("--scale is \"%1\", but must be a number from 1 to 4").arg(text);
    }
    return line.problem.isEmpty();
}

bool takeSize(const QString &text, CommandLine &line)
{
    constexpr int least = 640;
    constexpr int most = 8192;
    const QStringList parts = text.split(u'x');
    line.screenshotSize = QSize(parts.value(0).toInt(), parts.value(1).toInt());
    const auto fits = [](int pixels) { return pixels >= least && pixels <= most; };
    if (parts.size() != 2 || !fits(line.screenshotSize.width())
        || !fits(line.screenshotSize.height())) {
        line.problem = QString("--size is \"%1\", but must be WIDTHxHEIGHT, each from %2 to %3")
                           .arg(text)
                           .arg(least)
                           .arg(most);
    }
    return line.problem.isEmpty();
}

} // namespace

CommandLine parseCommandLine(const QStringList &arguments)
{
    CommandLine line;
    QCommandLineParser parser;
    parser.setApplicationDescription("Desktop workbench for quantization analysis.");
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption version = parser.addVersionOption();
    parser.addOptions({storeOption, themeOption, languageOption, scaleOption, screenshotsOption,
                       sizeOption, measureOption()});
    parser.addPositionalArgument(
        "model", "Model folder, sample's name, organisation/name, a store, or a recipe.",
        "[MODEL]");
    if (!parser.parse(arguments)) {
        line.problem = parser.errorText();
    } else if (parser.isSet(help)) {
        line.output = parser.helpText();
    } else if (parser.isSet(version)) {
        line.output = QString("bitprism %1\n").arg(std::string(programVersion()).c_str());
    } else if (parser.positionalArguments().size() > 1) {
        line.problem = "more than one model is given; give one";
    } else if ((!parser.isSet(themeOption) || takeTheme(parser.value(themeOption), line))
               && (!parser.isSet(languageOption)
                   || takeLanguage(parser.value(languageOption), line))
               && (!parser.isSet(scaleOption) || takeScale(parser.value(scaleOption), line))
               && (!parser.isSet(sizeOption) || takeSize(parser.value(sizeOption), line))) {
        line.target = parser.positionalArguments().value(0);
        line.storePath = parser.value(storeOption);
        line.measurement = parser.value("measure");
        line.screenshotFolder = parser.value(screenshotsOption);
    }
    return line;
}

} // namespace bitprism
