-- SPDX-License-Identifier: GPL-3.0-or-later
-- What lists and scatter plots show of a metric, so that they need not read every measurement. Rows from before have no
-- paired standard error: it needs the loss of every window.
ALTER TABLE metrics ADD COLUMN kl_divergence REAL;
ALTER TABLE metrics ADD COLUMN kl_standard_error REAL;
ALTER TABLE metrics ADD COLUMN baseline_value REAL;
ALTER TABLE metrics ADD COLUMN delta_nll REAL; -- nats per token above the unquantized model
ALTER TABLE metrics ADD COLUMN delta_nll_standard_error REAL;

UPDATE metrics SET
    kl_divergence = json_extract(measured, '$.kl_divergence'),
    kl_standard_error = json_extract(measured, '$.kl_stderr'),
    baseline_value = json_extract(baseline, '$.value'),
    delta_nll = json_extract(measured, '$.nll') - json_extract(baseline, '$.nll')
WHERE json_valid(measured) AND (baseline IS NULL OR json_valid(baseline));
