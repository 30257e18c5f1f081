// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/evaluation_plan.h"
#include "core/jobs/job.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/evaluate_options.h"

namespace bitprism {

namespace {

/// Measures a model by one task. See options/evaluate_options.h.
class EvaluateModel final : public Job
{
public:
    using Params = EvaluateJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job,
                "evaluate",
                BITPRISM_TR("Job", "Evaluate"),
                "measures a model by one task",
                {}};
    }
    explicit EvaluateModel(const Params &options)
        : m_options(options)
    {
    }

    void run(JobRun &run) const override
    {
        run.stage("reading");
        const OpenedModel opened = openSubject(run.request());
        const PlannedEvaluation planned
            = planEvaluation(choice(), m_options.cut, *opened.model, opened.tokenizer.get());
        const std::unique_ptr<Model> reference = openReference(run, planned);
        run.requireMemory(evaluationMemory(*opened.model, planned.items, reference.get()));
        run.stage(planned.choice.task.id);
        const auto losses = std::make_shared<TokenLosses>();
        const auto result = std::make_shared<Evaluation>(
            measure(planned, *opened.model, reference.get(), run, losses.get()));
        run.publish(losses);
        run.publish(result);
    }

private:
    EvaluationChoice choice() const
    {
        Json entry = m_options.task.is_object() ? m_options.task : Json{{"id", m_options.task}};
        if (entry.contains("id")) { // as a recipe writes it
            entry["task"] = entry["id"];
            entry.erase("id");
        }
        entry["data"] = m_options.data;
        return evaluationChoices(Json::array({entry})).front();
    }

    std::unique_ptr<Model> openReference(const JobRun &run, const PlannedEvaluation &planned) const
    {
        if (!m_options.reference.empty()) {
            return openModel(m_options.reference, run.request().device).model;
        }
        if (planned.needsReference) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "The task %1 compares with a reference model; name one."),
                planned.choice.task.id);
        }
        return nullptr;
    }

    Params m_options;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(job, evaluate, EvaluateModel);

} // namespace bitprism
