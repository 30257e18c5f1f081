-- SPDX-License-Identifier: GPL-3.0-or-later
-- A metric is told apart by what it scored and with which parameters (Evaluation's key), not by task and file alone. Rows
-- from before have no key and are told apart by length and stride.
CREATE TABLE metrics_by_key (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    task TEXT NOT NULL,
    data TEXT NOT NULL,
    key TEXT NOT NULL,
    parameters TEXT NOT NULL,
    length INTEGER NOT NULL,
    stride INTEGER NOT NULL,
    higher_is_better INTEGER NOT NULL,
    value REAL,
    standard_error REAL,
    unit TEXT NOT NULL,
    measured TEXT NOT NULL, -- Evaluation as JSON
    baseline TEXT, -- the unquantized model's
    created TEXT NOT NULL,
    kl_divergence REAL,
    kl_standard_error REAL,
    baseline_value REAL,
    delta_nll REAL, -- nats per token above the unquantized model
    delta_nll_standard_error REAL,
    PRIMARY KEY (run_id, task, data, key)
) WITHOUT ROWID;

INSERT INTO metrics_by_key
SELECT run_id, task, data, '', '',
    CASE WHEN json_valid(measured) THEN coalesce(json_extract(measured, '$.length'), 0) ELSE 0 END,
    CASE WHEN json_valid(measured) THEN coalesce(json_extract(measured, '$.stride'), 0) ELSE 0 END,
    task IN ('accuracy', 'zero-shot-images'),
    value, standard_error, unit, measured, baseline, created, kl_divergence, kl_standard_error, baseline_value, delta_nll,
    delta_nll_standard_error
FROM metrics;

DROP TABLE metrics;
ALTER TABLE metrics_by_key RENAME TO metrics;

-- Results that runs on one checkpoint share are looked up by name.
CREATE INDEX results_by_name ON results (kind, name);
