// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/axis.h"
#include "core/report/chart/charts.h"
#include "core/report/chart/plot.h"
#include "core/report/escape.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace bitprism;
using namespace bitprism::chart;

namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

template <typename T> std::vector<T> shapesOf(const Drawing &drawing)
{
    std::vector<T> found;
    for (const Shape &shape : drawing.shapes) {
        if (const T *match = std::get_if<T>(&shape)) {
            found.push_back(*match);
        }
    }
    return found;
}

bool isWellFormed(const std::string &xml)
{
    QXmlStreamReader reader(QString::fromStdString(xml));
    while (!reader.atEnd()) {
        reader.readNext();
    }
    return !reader.hasError();
}

double brightness(const std::string &colour)
{
    const QString text = QString::fromStdString(colour);
    return 0.3 * text.mid(1, 2).toInt(nullptr, 16) + 0.6 * text.mid(3, 2).toInt(nullptr, 16)
        + 0.1 * text.mid(5, 2).toInt(nullptr, 16);
}

} // namespace

class TstCharts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbersHaveFourDigits_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        const QString minus = QString::fromUtf8("\u2212");
        QTest::newRow("zero") << 0.0 << "0";
        QTest::newRow("one") << 1.0 << "1.000";
        QTest::newRow("pi") << 3.14159265 << "3.142";
        QTest::newRow("small") << 0.001234567 << "0.001235";
        QTest::newRow("tiny") << 1.23456e-7 << "1.235e" + minus + "07";
        QTest::newRow("thousands") << 12345.678 << "12346";
        QTest::newRow("huge") << 1.23456e9 << "1.235e+09";
        QTest::newRow("negative") << -2.5 << minus + "2.500";
        QTest::newRow("not a number") << notANumber << QString::fromUtf8("\u2013");
    }

    void numbersHaveFourDigits()
    {
        QFETCH(double, value);
        QTEST(QString::fromStdString(numbers::plain(value)), "text");
    }

    void differencesHaveSignAndError_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("error");
        QTest::addColumn<QString>("text");
        QTest::newRow("up") << 0.3149 << 0.0412 << QString::fromUtf8("+0.315 \u00b1 0.041");
        QTest::newRow("down") << -1.5 << 0.25 << QString::fromUtf8("\u22121.50 \u00b1 0.25");
        QTest::newRow("large error") << 12.0 << 34.0 << QString::fromUtf8("+12 \u00b1 34");
        QTest::newRow("no error") << 0.25 << 0.0 << "+0.2500";
        QTest::newRow("invisible error") << 0.25 << 1e-12 << "+0.2500";
        QTest::newRow("unknown error") << 0.25 << notANumber << "+0.2500";
        QTest::newRow("unknown") << notANumber << 0.1 << QString::fromUtf8("\u2013");
    }

    void differencesHaveSignAndError()
    {
        QFETCH(double, value);
        QFETCH(double, error);
        QTEST(QString::fromStdString(numbers::difference(value, error)), "text");
    }

    void sizesAndTimesAreReadable()
    {
        QCOMPARE(numbers::bits(3), std::string("3"));
        QCOMPARE(numbers::bits(3.25), std::string("3.25"));
        QCOMPARE(numbers::bytes(512), std::string("512 B"));
        QCOMPARE(numbers::bytes(1840000000), std::string("1.84 GB"));
        QCOMPARE(numbers::bytes(999600), std::string("1.00 MB"));
        QCOMPARE(numbers::bytes(10500000), std::string("10.5 MB"));
        QCOMPARE(numbers::seconds(1.234), std::string("1.23 s"));
        QCOMPARE(numbers::seconds(69.8), std::string("70 s")); // as the window has it
        QCOMPARE(numbers::seconds(186), std::string("3 min 6 s"));
        QCOMPARE(numbers::seconds(3900), std::string("1 h 5 min"));
        QCOMPARE(numbers::moment("2026-11-27T07:11:05.871Z"),
                 std::string("2026-11-27 07:11:05 UTC"));
        QCOMPARE(numbers::moment("yesterday"), std::string("yesterday"));
        QCOMPARE(numbers::percent(0.971), std::string("97.1 %"));
    }

    void axesHoldTheirValuesWithFewTicks_data()
    {
        QTest::addColumn<QList<double>>("values");
        QTest::addColumn<bool>("logarithmic");
        QTest::newRow("ordinary") << QList<double>{0.3, 7.2} << false;
        QTest::newRow("narrow") << QList<double>{10.01, 10.02} << false;
        QTest::newRow("one value") << QList<double>{5} << false;
        QTest::newRow("zero") << QList<double>{0} << false;
        QTest::newRow("negative") << QList<double>{-3, 4} << false;
        QTest::newRow("nothing") << QList<double>{} << false;
        QTest::newRow("not a number") << QList<double>{notANumber, 2, 3} << false;
        QTest::newRow("decades") << QList<double>{1e-7, 0.3} << true;
        QTest::newRow("many decades") << QList<double>{1e-30, 1e12} << true;
        QTest::newRow("decades with zero") << QList<double>{0, 1e-7, 0.3} << false;
    }

    void axesHoldTheirValuesWithFewTicks()
    {
        QFETCH(QList<double>, values);
        QFETCH(bool, logarithmic);
        const std::vector<double> list(values.begin(), values.end());
        Axis axis = Axis::fitting(list, true, false);
        axis.place(100, 0);
        QCOMPARE(axis.isLogarithmic(), logarithmic);
        QVERIFY(axis.ticks().size() >= 2 && axis.ticks().size() <= 7);
        std::set<std::string> labels;
        for (const Axis::Tick &tick : axis.ticks()) {
            labels.insert(tick.label);
        }
        QCOMPARE(labels.size(), axis.ticks().size());
        for (const double value : list) {
            if (std::isfinite(value)) {
                QVERIFY(axis.low() <= value && value <= axis.high());
                QVERIFY(axis.position(value) >= 0 && axis.position(value) <= 100);
            }
        }
    }

    void decadesOfOneAxisHaveOneForm()
    {
        const auto withExponent = [](std::vector<double> ends) {
            const Axis axis = Axis::fitting(ends, true, false);
            return std::count_if(
                axis.ticks().begin(), axis.ticks().end(),
                [](const Axis::Tick &tick) { return tick.label.find('e') != std::string::npos; });
        };
        QCOMPARE(withExponent({1e-4, 1}), 0); // "0.0001" beside "0.001"
        QCOMPARE(withExponent({1, 1e5}), 0);
        QCOMPARE(withExponent({1e-5, 1}), 6);
        QCOMPARE(withExponent({10, 1e6}), 6);
    }

    void barsBeginAtZero()
    {
        const Axis axis = Axis::fitting(std::vector<double>{3, 4}, false, true);
        QCOMPARE(axis.low(), 0.0);
    }

    void longNamesAreElidedInTheMiddle()
    {
        const std::string name = "model.layers.12.self_attn.q_proj";
        QCOMPARE(elidedMiddle(name, 1000, 12), name);
        const std::string elided = elidedMiddle(name, 120, 12);
        QVERIFY(textWidth(elided, 12) <= 120);
        QVERIFY(elided.starts_with("model"));
        QVERIFY(elided.ends_with("q_proj"));
        QVERIFY(elided.find("\u2026") != std::string::npos);
        QVERIFY(!elidedMiddle("\u5c42\u5c42\u5c42\u5c42\u5c42", 30, 12).empty());
    }

    void theMapRunsToDarkOnLightAndToLightOnDark()
    {
        for (int level = 1; level < mapLevels; ++level) {
            const Ink before{Role::Map, level - 1};
            const Ink after{Role::Map, level};
            QVERIFY(brightness(colourOf(after, false)) < brightness(colourOf(before, false)));
            QVERIFY(brightness(colourOf(after, true)) > brightness(colourOf(before, true)));
        }
        QCOMPARE(colourOf({Role::Map, mapLevels - 1}, false), std::string("#1e0439"));
        QCOMPARE(colourOf({Role::Map, 0}, false), std::string("#fdefba"));
    }

    void everyChartIsWellFormedInEveryStyle()
    {
        const auto all = drawings();
        QCOMPARE(all.size(), std::size_t{7});
        for (const Drawing &drawing : all) {
            QVERIFY(!drawing.title.empty());
            for (const SvgStyle style : {SvgStyle::Page, SvgStyle::Light, SvgStyle::Dark}) {
                QVERIFY2(isWellFormed(toSvg(drawing, style)), drawing.title.c_str());
            }
            QVERIFY(toSvg(drawing, SvgStyle::Page).find("=\"#") == std::string::npos);
        }
    }

    void shapesStayInsideTheirDrawing()
    {
        for (const Drawing &drawing : drawings()) {
            for (const Marker &marker : shapesOf<Marker>(drawing)) {
                QVERIFY(marker.at.x >= 0 && marker.at.x <= drawing.width);
                QVERIFY(marker.at.y >= 0 && marker.at.y <= drawing.height);
            }
            for (const Rectangle &rectangle : shapesOf<Rectangle>(drawing)) {
                QVERIFY(rectangle.x >= 0 && rectangle.x + rectangle.width <= drawing.width);
                QVERIFY(rectangle.y >= 0 && rectangle.y + rectangle.height <= drawing.height);
                QVERIFY(rectangle.width > 0 && rectangle.height >= 0);
            }
        }
    }

    void theMapHasACellForEveryLayerAndWidth()
    {
        const auto map = sensitivityMap(test::toySensitivity(), test::toyModelInfo());
        QVERIFY(map.has_value());
        int measured = 0;
        int missing = 0;
        for (const Rectangle &cell : shapesOf<Rectangle>(*map)) {
            missing += cell.tooltip.find("not measured") != std::string::npos ? 1 : 0;
            measured += cell.tooltip.find("rank") != std::string::npos ? 1 : 0;
        }
        QCOMPARE(measured, 15);
        QCOMPARE(missing, 1);
    }

    void largeMapsAreReducedWithTheWorstKept()
    {
        SensitivityTable table = test::toySensitivity();
        table.cells.clear();
        table.widths = {4};
        for (int i = 0; i < 1000; ++i) {
            SensitivityCell cell;
            cell.layer = "layer" + std::to_string(i);
            cell.bits = 4;
            cell.klDivergence = i == 517 ? 9.0 : 0.001 * (i % 7 + 1);
            table.cells.push_back(cell);
        }
        const auto map = sensitivityMap(table, ModelInfo());
        QVERIFY(map.has_value());
        int cells = 0;
        bool keptWorst = false;
        for (const Rectangle &cell : shapesOf<Rectangle>(*map)) {
            cells += cell.tooltip.empty() ? 0 : 1;
            keptWorst = keptWorst || cell.tooltip.find("layer517,") != std::string::npos;
        }
        QVERIFY(cells <= 240);
        QVERIFY(keptWorst);
        QVERIFY(map->height < 5000);
    }

    void chartsWithoutDataAreNothing()
    {
        QVERIFY(!sensitivityMap(SensitivityTable(), ModelInfo()));
        QVERIFY(!predictionScatter(SensitivityTable()));
        QVERIFY(!bitsBars({}, ModelInfo(), ""));
        QVERIFY(!layerErrors({}, {}));
        QVERIFY(!tradeOff(Comparison()));
        QVERIFY(!frontierCurve(Allocation()));
        QVERIFY(!outlierPeaks(OutlierTable()));
    }

    /// What a drawing's texts and markers take, in its own units.
    static bool isInside(const Drawing &drawing)
    {
        for (const Label &label : shapesOf<Label>(drawing)) {
            const double width = label.isVertical ? 0 : textWidth(label.text, label.size);
            const double left = label.anchor == Anchor::Start ? label.at.x
                : label.anchor == Anchor::Middle              ? label.at.x - width / 2
                                                              : label.at.x - width;
            if (left < 0 || left + width > drawing.width || label.at.y > drawing.height) {
                return false;
            }
        }
        for (const Marker &marker : shapesOf<Marker>(drawing)) {
            if (marker.at.x + marker.size / 2 > drawing.width) {
                return false;
            }
        }
        return true;
    }

    void legendsTakeFurtherLines()
    {
        ModelInfo model;
        std::vector<RunLayer> layers;
        const std::vector<std::string> kinds{"attention_query",  "attention_key", "attention_value",
                                             "attention_output", "mlp_gate",      "mlp_up",
                                             "mlp_down"};
        for (const std::string &kind : kinds) {
            LayerInfo info;
            info.name = "layers.0." + kind;
            info.kind = kind;
            model.layers.push_back(info);
            RunLayer layer;
            layer.name = info.name;
            layer.block = 0;
            layer.bits = 3;
            layers.push_back(layer);
        }
        const Drawing bars = *bitsBars(layers, model, "toy");
        QVERIFY(isInside(bars));
        std::size_t named = 0;
        for (const Label &label : shapesOf<Label>(bars)) {
            for (const std::string &kind : kinds) {
                named += label.text == report::layerKindText(kind) ? 1 : 0;
            }
        }
        QCOMPARE(named, kinds.size());
    }

    /// Lines for which there is no room push the plot down, not into the heading.
    void longLegendsLowerThePlot()
    {
        const auto drawn = [](int entries) {
            Plot plot("title", "context", {56, 62, 840, 230}, 262);
            const std::vector<double> bits{0, 4};
            plot.valueAxis(Axis::fitting(bits, false, true), "bits");
            std::vector<std::pair<Marker, std::string>> legend;
            for (int i = 0; i < entries; ++i) {
                legend.emplace_back(seriesMarker(i), "a name of some length " + std::to_string(i));
            }
            plot.legend(legend);
            return plot.take();
        };
        const Drawing few = drawn(2);
        const Drawing many = drawn(12);
        QCOMPARE(few.height, 262.0);
        QVERIFY(isInside(many));
        const double lowered = many.height - few.height;
        QVERIFY(lowered > 0);
        QCOMPARE(shapesOf<Line>(many).front().points.front().y,
                 shapesOf<Line>(few).front().points.front().y + lowered);
        const std::vector<Label> labels = shapesOf<Label>(many);
        QCOMPARE(labels[1].text, std::string("context"));
        QCOMPARE(labels[1].at.y, 36.0);
        std::set<std::pair<double, double>> places;
        for (const Label &label : labels) {
            if (label.text.starts_with("a name")) {
                QVERIFY(label.at.y > labels[1].at.y + label.size);
                places.emplace(label.at.x, label.at.y);
            }
        }
        QCOMPARE(places.size(), std::size_t{12});
    }

    void theErrorsAxisSaysWhoseItIs()
    {
        const auto says = [](const std::vector<ComparedLayer> &layers, const std::string &name) {
            const std::vector<Label> labels = shapesOf<Label>(*layerErrors(layers, {"run"}));
            return std::any_of(labels.begin(), labels.end(), [&](const Label &label) {
                return label.isVertical && label.text.starts_with(name);
            });
        };
        RunLayer layer = test::toyRunLayers(0).front();
        QVERIFY(says({{layer.name, {layer}}}, "output error, relative"));
        layer.outputMse.reset();
        QVERIFY(says({{layer.name, {layer}}}, "weight error, units squared"));
    }

    /// Layers of other models, and runs without errors, take no room and no colour.
    void errorsFillTheWidthWhateverElseIsCompared()
    {
        const auto widthOf = [](const std::vector<ComparedLayer> &layers) {
            double left = 1e9;
            double right = 0;
            int count = 0;
            for (const Marker &marker :
                 shapesOf<Marker>(*layerErrors(layers, {"imported", "run", "plain"}))) {
                if (!marker.tooltip.empty()) {
                    left = std::min(left, marker.at.x);
                    right = std::max(right, marker.at.x);
                    ++count;
                }
            }
            return std::tuple(right - left, count);
        };
        std::vector<ComparedLayer> layers;
        for (int i = 0; i < 4; ++i) {
            RunLayer layer;
            layer.name = "layer " + std::to_string(i);
            layer.outputMse = 0.01 * (i + 1);
            RunLayer asStored = layer;
            asStored.outputMse = std::nullopt;
            asStored.weightMse = notANumber;
            layers.push_back({layer.name, {asStored, layer, std::nullopt}});
        }
        const auto alone = widthOf(layers);
        QCOMPARE(std::get<int>(alone), 4);
        for (int i = 0; i < 40; ++i) {
            RunLayer layer;
            layer.name = "other " + std::to_string(i);
            layer.weightMse = notANumber;
            layers.push_back({layer.name, {std::nullopt, std::nullopt, layer}});
        }
        QVERIFY(widthOf(layers) == alone);
    }

    void namesHideNeitherPointsNorLinesNorEachOther()
    {
        Comparison comparison = toyComparison();
        // Three runs of one size and nearly one loss, as short runs on little data are.
        for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
            comparison.runs[i].bytes = 3'000'000 + static_cast<std::int64_t>(i) * 1000;
            comparison.runs[i].record.name = "gptq, 3 bits, " + std::to_string(i);
        }
        const auto drawing = tradeOff(comparison);
        QVERIFY(drawing.has_value());
        const std::vector<Marker> markers = shapesOf<Marker>(*drawing);
        QCOMPARE(markers.size(), std::size_t(3));
        std::vector<QRectF> names;
        for (const Label &label : shapesOf<Label>(*drawing)) {
            if (label.text.find("gptq") != std::string::npos
                || label.text.find("unquantized 7") != std::string::npos) {
                const double ascent = 9; // of 12 px
                names.emplace_back(label.at.x, label.at.y - ascent, textWidth(label.text, 12), 12);
            }
        }
        QCOMPARE(names.size(), std::size_t(4));
        for (std::size_t i = 0; i < names.size(); ++i) {
            for (std::size_t j = i + 1; j < names.size(); ++j) {
                QVERIFY(!names[i].intersects(names[j]));
            }
            for (const Marker &marker : markers) {
                const double half = marker.size / 2;
                QVERIFY(!names[i].intersects(
                    QRectF(marker.at.x - half, marker.at.y - half, marker.size, marker.size)));
            }
            for (const Line &line : shapesOf<Line>(*drawing)) {
                if (line.stroke.role != Role::Muted && line.stroke.role != Role::Accent) {
                    continue; // the grid, and hairlines to names
                }
                for (std::size_t point = 1; point < line.points.size(); ++point) {
                    const Point &a = line.points[point - 1];
                    const Point &b = line.points[point];
                    const QRectF box(std::min(a.x, b.x), std::min(a.y, b.y) - 0.5,
                                     std::max(1.0, std::abs(a.x - b.x)),
                                     std::max(1.0, std::abs(a.y - b.y)));
                    QVERIFY(!names[i].intersects(box));
                }
            }
        }
    }

    void theFrontIsExplainedAndPairedErrorsAreUsed()
    {
        Comparison comparison = toyComparison();
        const auto texts = [](const Drawing &drawing) {
            std::string all;
            for (const Label &label : shapesOf<Label>(drawing)) {
                all += label.text + '\n';
            }
            return all;
        };
        QVERIFY(texts(*tradeOff(comparison)).find("Pareto front") != std::string::npos);
        ComparedMetric &metric = comparison.metrics.front();
        metric.differenceUnit = "nats per token";
        double value = 0.006;
        for (ComparedMetric::Value &run : metric.runs) {
            run.baselineDifference = value;
            run.baselineDifferenceStandardError = 0.002;
            value += 0.01;
        }
        const Drawing paired = *tradeOff(comparison);
        QVERIFY(paired.title.find("Loss above the unquantized model, nats per token, against size")
                != std::string::npos);
        QVERIFY(shapesOf<Marker>(paired).front().tooltip.find("0.0060 \u00b1 0.0020")
                != std::string::npos);
        // One run without a pair, and all are shown by their own value.
        metric.runs.back().baselineDifference.reset();
        QVERIFY(tradeOff(comparison)->title.find("perplexity") != std::string::npos);
    }

    void textsAreInTheLanguageOfTheThread()
    {
        const Comparison comparison = toyComparison();
        {
            const report::Language shouting([](const TranslatableText &text) {
                return QString(text.text).toUpper().toStdString();
            });
            const Drawing drawing = *tradeOff(comparison);
            QCOMPARE(drawing.title, std::string("PERPLEXITY, AGAINST SIZE OF THE CHECKPOINT, kB"));
            QCOMPARE(report::layerKindText("mlp_up"), std::string("MLP UP"));
        }
        QCOMPARE(tradeOff(comparison)->title,
                 std::string("perplexity, against size of the checkpoint, kB"));
        QCOMPARE(report::languageTag(), std::string("en"));
    }

    void tooltipsAreEscaped()
    {
        Drawing drawing;
        drawing.title = "<&\">";
        drawing.add(Rectangle{0, 0, 10, 10, {}, "</title><script>x</script>"});
        drawing.add(Label{{0, 0}, "a < b & \x01 \xff", Anchor::Start, 12, {}, false, false});
        const std::string svg = toSvg(drawing, SvgStyle::Light);
        QVERIFY(isWellFormed(svg));
        QVERIFY(svg.find("<script") == std::string::npos);
    }

    void fieldsAreEscapedForTheirFormat()
    {
        QCOMPARE(report::csvField("plain"), std::string("plain"));
        QCOMPARE(report::csvField("a,b"), std::string("\"a,b\""));
        QCOMPARE(report::csvField("say \"x\""), std::string("\"say \"\"x\"\"\""));
        QCOMPARE(report::csvField("=1"), std::string("'=1"));
        QCOMPARE(report::markdownEscaped("a|b*<c>"), std::string("a\\|b\\*&lt;c&gt;"));
        QCOMPARE(report::markdownEscaped("a\nb"), std::string("a b"));
        QCOMPARE(report::xmlEscaped("<a b='c'>&\"</a>"),
                 std::string("&lt;a b=&#39;c&#39;&gt;&amp;&quot;&lt;/a&gt;"));
    }

private:
    static Comparison toyComparison()
    {
        Comparison comparison;
        ComparedMetric metric;
        metric.task = "perplexity";
        metric.unit = "perplexity";
        metric.baselines = {{"toy", "hash", test::toyEvaluation(2)}};
        for (const double bits : {4.0, 3.0, 2.0}) {
            ComparedRun run;
            run.record.id = "run" + std::to_string(static_cast<int>(bits));
            run.record.name = run.record.id;
            run.summary = test::toyRunSummary(run.record.id, bits);
            run.bytes = run.summary->bytes;
            comparison.pareto.push_back(run.record.id);
            comparison.runs.push_back(run);
            ComparedMetric::Value value;
            value.measured = run.summary->metrics.front().measured;
            metric.runs.push_back(value);
        }
        comparison.metrics.push_back(metric);
        for (const RunLayer &layer : test::toyRunLayers(0)) {
            comparison.layers.push_back({layer.name, {layer, layer, std::nullopt}});
        }
        return comparison;
    }

    static std::vector<Drawing> drawings()
    {
        const SensitivityTable sensitivity = test::toySensitivity();
        const Comparison comparison = toyComparison();
        std::vector<Drawing> all;
        for (auto &drawing :
             {sensitivityMap(sensitivity, test::toyModelInfo()), predictionScatter(sensitivity),
              bitsBars(test::toyRunLayers(0), test::toyModelInfo(), "toy"),
              layerErrors(comparison.layers, {"run4", "run3", "run2"}), tradeOff(comparison),
              frontierCurve(test::toyAllocation()), outlierPeaks(test::toyOutliers())}) {
            if (drawing) {
                all.push_back(*drawing);
            }
        }
        return all;
    }
};

BITPRISM_TEST(TstCharts);
#include "tst_charts.moc"
