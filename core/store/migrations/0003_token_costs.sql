-- SPDX-License-Identifier: GPL-3.0-or-later
-- Bit operations and bytes moved per token, as axes of scatter plots. Runs from before have none.
ALTER TABLE runs ADD COLUMN bit_operations REAL;
ALTER TABLE runs ADD COLUMN memory_io_bytes REAL;
