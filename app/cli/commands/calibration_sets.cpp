// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/calibration_sets.h"

#include "app/cli/command.h"
#include "app/cli/project_store.h"
#include "app/cli/run_records.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

/// The results of one kind of all runs; BadInput where one has none.
template <typename T> class Tables
{
public:
    Tables(const store::ExperimentStore &store, const std::vector<std::string> &ids)
    {
        for (const std::string &run : ids) {
            m_owned.push_back(store.resultOf<T>(run));
            if (m_owned.back() == nullptr) {
                refuseWithoutResult(store, run, T::kind,
                                    "name runs of one kind, outliers or sensitivity");
            }
            m_tables.push_back(m_owned.back().get());
        }
    }
    const std::vector<const T *> &all() const { return m_tables; }

private:
    std::vector<std::shared_ptr<const T>> m_owned;
    std::vector<const T *> m_tables;
};

CalibrationSets comparedSets(const store::ExperimentStore &store,
                             const std::vector<std::string> &ids, const Arguments &arguments)
{
    const std::optional<std::string> metric = arguments.text("metric");
    const int bits = static_cast<int>(arguments.integer("bits", 1, 16).value_or(0));
    if (store.run(ids.front()).kind == SensitivityTable::kind) {
        return compareCalibrationSets(Tables<SensitivityTable>(store, ids).all(),
                                      metric.value_or("kl_divergence"), bits);
    }
    if (bits != 0) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error",
                                "calibration-sets: --bits chooses a width of sensitivity runs, and "
                                "%1 is an outliers run; leave it out."),
                    ids.front());
    }
    return compareCalibrationSets(Tables<OutlierTable>(store, ids).all(),
                                  metric.value_or("max_abs"));
}

/// Runs on the same data differ by what was drawn of it: their agreement is counted, and said.
std::vector<std::string> notesOf(const CalibrationSets &sets)
{
    std::vector<std::string> notes;
    for (const SetAgreement &pair : sets.pairs) {
        const CalibrationSetRow &first = sets.sets[pair.first];
        const CalibrationSetRow &second = sets.sets[pair.second];
        if (first.data == second.data) {
            notes.push_back(first.name + " and " + second.name + " saw the same data, " + first.data
                            + ": how they agree says what drawing other samples of it changes");
        }
    }
    return notes;
}

std::string shownText(const CalibrationSets &sets, const std::vector<std::string> &notes)
{
    Table pairs({"run", "set", "and run", "set", "tau", "stderr"});
    for (const SetAgreement &pair : sets.pairs) {
        const CalibrationSetRow &first = sets.sets[pair.first];
        const CalibrationSetRow &second = sets.sets[pair.second];
        pairs.add({first.name, first.data, second.name, second.data, shown(pair.tau),
                   shown(pair.standardError, 2)});
    }
    return pairs.text() + "\n"
        + shownFacts({{"Ranked by", sets.metric},
                      {"Layers", std::to_string(sets.layers.size())},
                      {"Mean tau", shown(sets.meanTau) + " +- " + shown(sets.meanTauStderr, 2)}})
        + shownNotes(notes);
}

int calibrationSetsCommand(const Invocation &invocation)
{
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    const std::vector<std::string> ids
        = distinctRuns(opened, invocation.arguments.positionals("ID"));
    CalibrationSets sets = comparedSets(opened, ids, invocation.arguments);
    Json runs = Json::array();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        sets.sets[i].name = ids[i];
        runs.push_back(sets.sets[i].name);
    }
    Json document = toJson(sets);
    document["runs"] = std::move(runs);
    const std::vector<std::string> notes = notesOf(sets);
    document["notes"] = notes;
    invocation.output.print(document, shownText(sets, notes));
    return 0;
}

} // namespace

BITPRISM_COMMAND(calibration_sets){
    "calibration-sets",
    "Compare how runs on several calibration sets rank the layers",
    {{"ID", "Runs of one kind and model, outliers or sensitivity", 2, 1000}},
    {{"metric", "M",
      "max_abs (default), kurtosis, outlier_ratio, error_share; of sensitivities kl_divergence "
      "(default), delta_nll, output_mse, weight_mse, predicted_delta_nll"},
     {"bits", "B", "Width of a sensitivity that is ranked (default: the fewest that all probed)"}},
    &calibrationSetsCommand};

} // namespace bitprism::cli
