-- SPDX-License-Identifier: GPL-3.0-or-later
-- The name a run's model had, which an equal copy that is used later does not change. Runs from before have that of their
-- folder or file (the last part of its path), but in the Hugging Face cache, where a folder's name is a revision.
ALTER TABLE runs ADD COLUMN model_name TEXT NOT NULL DEFAULT '';
UPDATE runs SET model_name = replace(model_path, rtrim(model_path, replace(model_path, '/', '')), '')
WHERE instr(model_path, '/snapshots/') = 0;
UPDATE runs SET model_name = (SELECT name FROM models WHERE models.id = runs.model_id) WHERE model_name = '';

-- An evaluation is compared with runs: what the checkpoint takes as it is stored, over the weights that recipes quantize
-- by default (isQuantizedByDefault() in core/results/stored_width.cpp), and its measurement among the metrics.
UPDATE runs SET
    bytes = (SELECT bytes FROM models WHERE models.id = runs.model_id),
    average_bits = (
        SELECT
            sum(json_extract(value, '$.bits') * json_extract(value, '$.rows') * json_extract(value, '$.cols'))
                / sum(json_extract(value, '$.rows') * json_extract(value, '$.cols'))
        FROM models, json_each(CASE WHEN json_valid(models.info) THEN models.info ELSE '{}' END, '$.layers')
        WHERE models.id = runs.model_id
            AND json_extract(value, '$.bits') > 0
            AND coalesce(json_extract(value, '$.quantizable'), 1)
            AND json_extract(value, '$.kind') NOT IN ('embedding', 'head')
            AND NOT (json_extract(value, '$.kind') = 'projection' AND json_extract(value, '$.block') < 0)
    )
WHERE kind = 'evaluate';

INSERT OR IGNORE INTO metrics
SELECT
    results.run_id,
    json_extract(body, '$.task'),
    json_extract(body, '$.data'),
    coalesce(json_extract(body, '$.key'), ''),
    coalesce(json_extract(body, '$.parameters'), ''),
    coalesce(json_extract(body, '$.length'), 0),
    coalesce(json_extract(body, '$.stride'), 0),
    coalesce(json_extract(body, '$.higher_is_better'), 0),
    json_extract(body, '$.value'),
    json_extract(body, '$.stderr'),
    coalesce(json_extract(body, '$.unit'), ''),
    body,
    NULL,
    results.created,
    json_extract(body, '$.kl_divergence'),
    json_extract(body, '$.kl_stderr'),
    NULL,
    NULL,
    NULL
FROM results JOIN runs ON runs.id = results.run_id
WHERE runs.kind = 'evaluate' AND results.kind = 'evaluation' AND results.name = ''
    AND json_valid(body) AND json_extract(body, '$.task') IS NOT NULL AND json_extract(body, '$.data') IS NOT NULL;
