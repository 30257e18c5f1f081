// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "widgets/forms/number_field.h"
#include "widgets/forms/param_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QSpinBox>
#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

struct Params
{
    int bits = 4;
    double damping = 0.01;
    bool symmetric = false;
    std::string rule = "auto";
    std::string file;
    Json layers = Json::object();

    void visit(ParamVisitor &v)
    {
        v.integer("bits", bits, {2, 8},
                  {BITPRISM_TR("Test", "Bits"), BITPRISM_TR("Test", "Bits per code.")});
        v.real("damping", damping, {1e-6, 1, Scale::Logarithmic},
               {BITPRISM_TR("Test", "Damping"), BITPRISM_TR("Test", "Share of the diagonal.")});
        v.flag("symmetric", symmetric,
               {BITPRISM_TR("Test", "Symmetric"), BITPRISM_TR("Test", "No zero point.")});
        v.enabledIf("rule", "auto");
        v.choice(
            "rule", rule,
            {{"auto", BITPRISM_TR("Test", "Automatic")}, {"other", BITPRISM_TR("Test", "Other")}},
            {BITPRISM_TR("Test", "Rule"), BITPRISM_TR("Test", "How grids are made.")});
        v.path("file", file, {BITPRISM_TR("Test", "File"), BITPRISM_TR("Test", "A file.")});
        v.json("layers", layers, {BITPRISM_TR("Test", "Layers"), BITPRISM_TR("Test", "By layer.")});
    }
};

std::vector<ParamInfo> parameters()
{
    Params params;
    ParamDescriber describer;
    params.visit(describer);
    return describer.parameters();
}

QStringList visibleTexts(const QWidget &form)
{
    QStringList texts;
    for (const QLabel *label : form.findChildren<QLabel *>()) {
        if (!label->isHidden()) {
            texts.append(label->text());
        }
    }
    return texts;
}

} // namespace

class TstParamForm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hasAFieldForEachParameter();
    void helpIsTheTooltipAndNamesAreAccessible();
    void editsAreValuesThatTheComponentReads();
    void greysWhatDoesNotApply();
    void showsProblemsWhileTyping();
    void showsProblemsOfOthersAtTheField();
    void canBeMadeAnewAnyNumberOfTimes();
    void tellsWhenATextMeansNothing();
    void numbersStepByRatioOnALogarithmicScale();
};

void TstParamForm::hasAFieldForEachParameter()
{
    ParamForm form;
    form.setParameters(parameters());
    form.setValues(R"({"bits": 3, "symmetric": true, "rule": "other"})");
    QCOMPARE(form.findChild<QSpinBox *>("bits")->value(), 3);
    QCOMPARE(form.findChild<QSpinBox *>("bits")->maximum(), 8);
    QVERIFY(form.findChild<QCheckBox *>("symmetric")->isChecked());
    QCOMPARE(form.findChild<QComboBox *>("rule")->currentText(), "Other");
    QCOMPARE(form.findChild<NumberField *>("damping")->value().value_or(0), 0.01); // the default
}

void TstParamForm::helpIsTheTooltipAndNamesAreAccessible()
{
    ParamForm form;
    form.setAccessiblePrefix("Weights");
    form.setParameters(parameters());
    QCOMPARE(form.findChild<QSpinBox *>("bits")->toolTip(), "Bits per code.");
    QCOMPARE(form.findChild<QSpinBox *>("bits")->accessibleName(), "Weights: Bits");
}

void TstParamForm::editsAreValuesThatTheComponentReads()
{
    ParamForm form;
    form.setParameters(parameters());
    Json values = Json::object();
    connect(&form, &ParamForm::edited, this, [&](const std::string &key, const std::string &value) {
        values[key] = Json::parse(value);
    });
    form.findChild<QSpinBox *>("bits")->setValue(8);
    form.findChild<QCheckBox *>("symmetric")->click();
    auto *rule = form.findChild<QComboBox *>("rule");
    rule->setCurrentIndex(1);
    Q_EMIT rule->activated(1);
    auto *damping = form.findChild<NumberField *>("damping");
    damping->clear();
    QTest::keyClicks(damping, "0.5");
    const Params read = params::read<Params>(values, "form");
    QCOMPARE(read.bits, 8);
    QCOMPARE(read.symmetric, true);
    QCOMPARE(read.rule, "other");
    QCOMPARE(read.damping, 0.5);
}

void TstParamForm::greysWhatDoesNotApply()
{
    ParamForm form;
    form.setParameters(parameters());
    QVERIFY(form.findChild<QCheckBox *>("symmetric")->isEnabled());
    form.setValues(R"({"rule": "other"})");
    QVERIFY(!form.findChild<QCheckBox *>("symmetric")->isEnabled());
}

void TstParamForm::showsProblemsWhileTyping()
{
    ParamForm form;
    form.setParameters(parameters());
    QSignalSpy spy(&form, &ParamForm::edited);
    auto *damping = form.findChild<NumberField *>("damping");
    damping->clear();
    QTest::keyClicks(damping, "5");
    QCOMPARE(spy.count(), 0); // outside the range: nobody is told
    QVERIFY(!form.isValid());
    QVERIFY(visibleTexts(form).join(' ').contains("is needed"));
    damping->clear();
    QTest::keyClicks(damping, "0.2");
    QVERIFY(form.isValid());
    QCOMPARE(spy.count(), 1); // 0 is too small, and "0." means 0 as well
}

void TstParamForm::showsProblemsOfOthersAtTheField()
{
    ParamForm form;
    form.setParameters(parameters());
    QVERIFY(form.setProblem("bits", "too few"));
    QVERIFY(visibleTexts(form).contains("too few"));
    QVERIFY(!form.setProblem("nothing", "x"));
    form.clearProblems();
    QVERIFY(!visibleTexts(form).contains("too few"));
}

void TstParamForm::canBeMadeAnewAnyNumberOfTimes()
{
    ParamForm form;
    for (int i = 0; i < 20; ++i) {
        form.setParameters(i % 2 == 0 ? parameters() : std::vector<ParamInfo>());
        QCOMPARE(form.findChildren<QSpinBox *>("bits").size(), i % 2 == 0 ? 1 : 0);
    }
}

void TstParamForm::tellsWhenATextMeansNothing()
{
    ParamForm form;
    ParamInfo seed;
    seed.key = "seed";
    seed.type = "integer";
    seed.min = 0;
    seed.max = 9e15;
    seed.defaultValue = "0";
    form.setParameters({seed});
    form.show();
    QSignalSpy told(&form, &ParamForm::validityChanged);
    auto *field = form.findChild<NumberField *>();
    QVERIFY(field != nullptr);
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, "12x");
    QVERIFY(!form.isValid());
    QCOMPARE(told.count(), 1);
    QTest::keyClick(field, Qt::Key_Backspace);
    QVERIFY(form.isValid());
    QCOMPARE(told.count(), 2);
}

void TstParamForm::numbersStepByRatioOnALogarithmicScale()
{
    NumberField field;
    field.setRange(1e-6, 1, Scale::Logarithmic, false);
    field.setValue(0.01);
    field.step(4);
    QVERIFY(qFuzzyCompare(*field.value(), 0.1));
    field.step(100);
    QCOMPARE(*field.value(), 1.0); // the end of the range
    field.setRange(0, 10, Scale::Linear, true);
    field.setValue(5);
    field.step(-2);
    QCOMPARE(*field.value(), 3.0);
}

BITPRISM_TEST(TstParamForm);
#include "tst_param_form.moc"
