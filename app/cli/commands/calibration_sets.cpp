// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/calibration_sets.h"

#include "app/cli/command.h"
#include "app/cli/project_store.h"

#include <nlohmann/json.hpp>

#include <set>

namespace bitprism::cli {

namespace {

/// The results of one kind of all runs; BadInput where one has none.
template <typename T> class Tables
{
public:
    Tables(const store::ExperimentStore &store, const std::vector<std::string> &ids)
    {
        std::set<std::string> known;
        for (const std::string &id : ids) {
            const std::string run = store.findRun(id);
            if (!known.insert(run).second) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "Run %1 is named twice; name different runs."),
                            run);
            }
            m_owned.push_back(store.resultOf<T>(run));
            if (m_owned.back() == nullptr) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "Run %1 holds no %2; name runs of one kind, outliers or "
                                        "sensitivity."),
                            id, T::kind);
            }
            m_tables.push_back(m_owned.back().get());
        }
    }
    const std::vector<const T *> &all() const { return m_tables; }

private:
    std::vector<std::shared_ptr<const T>> m_owned;
    std::vector<const T *> m_tables;
};

CalibrationSets comparedSets(const store::ExperimentStore &store, const Arguments &arguments)
{
    const std::vector<std::string> &ids = arguments.positionals("ID");
    const std::optional<std::string> metric = arguments.text("metric");
    const int bits = static_cast<int>(arguments.integer("bits", 1, 16).value_or(0));
    if (store.resultOf<SensitivityTable>(store.findRun(ids.front())) != nullptr) {
        return compareCalibrationSets(Tables<SensitivityTable>(store, ids).all(),
                                      metric.value_or("kl_divergence"), bits);
    }
    return compareCalibrationSets(Tables<OutlierTable>(store, ids).all(),
                                  metric.value_or("max_abs"));
}

std::string shownText(const CalibrationSets &sets)
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
                      {"Mean tau", shown(sets.meanTau) + " +- " + shown(sets.meanTauStderr, 2)}});
}

int run(const Invocation &invocation)
{
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    CalibrationSets sets = comparedSets(opened, invocation.arguments);
    const std::vector<std::string> &ids = invocation.arguments.positionals("ID");
    Json runs = Json::array();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        sets.sets[i].name = opened.findRun(ids[i]);
        runs.push_back(sets.sets[i].name);
    }
    Json document = toJson(sets);
    document["runs"] = std::move(runs);
    invocation.output.print(document, shownText(sets));
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
    &run};

} // namespace bitprism::cli
