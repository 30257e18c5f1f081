-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tasks without a loss (wer, output-error) had the paired difference of their own unit stored as nats per token.
UPDATE metrics SET delta_nll = NULL, delta_nll_standard_error = NULL
WHERE delta_nll IS NOT NULL AND json_valid(measured) AND json_extract(measured, '$.nll') IS NULL;
