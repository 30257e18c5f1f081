// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/evaluation_plan.h"
#include "core/jobs/job.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/evaluate_options.h"
#include "core/jobs/run_session.h"
#include "core/results/result_name.h"
#include "core/store/experiment_store.h"

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
        const bool isOfRun = measuresRun(run.request());
        const OpenedModel opened = isOfRun
            ? openSubject(run.request())
            : openModel(run.request().modelPath, run.request().device);
        const PlannedEvaluation planned
            = planEvaluation(choice(), m_options.cut, *opened.model, opened.tokenizer.get(), run);
        for (const std::string &note : planned.items.notes) {
            run.log(note);
        }
        const std::unique_ptr<Model> reference = openReference(run, planned);
        run.requireMemory(memoryOf(planned, *opened.model, reference.get()));
        if (isOfRun) {
            measureOn(opened, planned, reference.get(), run, nullptr);
            return;
        }
        RunSession session(run, opened.model->info(), "{}", 1);
        session.execute([&] {
            session.goOnFrom(0);
            measureOn(opened, planned, reference.get(), run, &session);
        });
    }

private:
    /// Whether the request's run is one whose quantized model is to be measured, and not an
    /// interrupted evaluation to be done again.
    static bool measuresRun(const JobRequest &request)
    {
        if (request.storePath.empty() || request.runId.empty()) {
            return false;
        }
        const store::ExperimentStore opened(request.storePath, store::OpenMode::ReadOnly);
        return opened.run(request.runId).kind != info().id;
    }

    /// `session` is null where nothing is to be kept.
    static void measureOn(const OpenedModel &opened, const PlannedEvaluation &planned,
                          const Model *reference, JobRun &run, RunSession *session)
    {
        run.stage(planned.choice.task.id);
        const auto losses = std::make_shared<TokenLosses>();
        const auto result = std::make_shared<Evaluation>(
            measure(planned, *opened.model, reference, run, losses.get()));
        if (session != nullptr) {
            session->putResult(*losses, resultName(*losses));
            session->putResult(*result);
            session->putMetric({*result, std::nullopt}); // lists and plots show it as a run's
            session->commit(0, {}, Json::object());
        }
        run.publish(losses);
        run.publish(result);
    }

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
                ErrorCode::BadUsage, // an argument is missing
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
