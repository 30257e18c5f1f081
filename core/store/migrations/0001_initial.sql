-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    content_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    family TEXT NOT NULL,
    parameters INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    info TEXT NOT NULL, -- ModelInfo as JSON
    created TEXT NOT NULL
);

CREATE TABLE experiments (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL
);

CREATE TABLE recipes (
    id INTEGER PRIMARY KEY,
    recipe TEXT NOT NULL UNIQUE -- Recipe as JSON, keys sorted: equal recipes are one row
);

CREATE TABLE environments (
    id INTEGER PRIMARY KEY,
    environment TEXT NOT NULL UNIQUE
);

CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    experiment_id INTEGER REFERENCES experiments (id),
    model_id INTEGER NOT NULL REFERENCES models (id),
    model_path TEXT NOT NULL,
    recipe_id INTEGER NOT NULL REFERENCES recipes (id),
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    request TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('queued', 'running', 'finished', 'failed', 'cancelled', 'interrupted')),
    failure TEXT NOT NULL DEFAULT '',
    blocks_done INTEGER NOT NULL DEFAULT 0,
    blocks INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL,
    finished TEXT NOT NULL DEFAULT '',
    average_bits REAL,
    bytes INTEGER,
    seconds REAL
);

CREATE INDEX runs_by_created ON runs (created);
CREATE INDEX runs_by_model ON runs (model_id);
CREATE INDEX runs_by_experiment ON runs (experiment_id);

-- What a resumed run starts from: one entry per finished block.
CREATE TABLE journal (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    block INTEGER NOT NULL,
    entry TEXT NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (run_id, block)
) WITHOUT ROWID;

CREATE TABLE run_layers (
    run_id TEXT NOT NULL,
    block INTEGER NOT NULL, -- the journal's
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    layer_block INTEGER NOT NULL, -- the model's; -1 outside the blocks
    bits REAL NOT NULL,
    ratio REAL,
    weight_mse REAL,
    output_mse REAL,
    seconds REAL NOT NULL,
    storage_bits INTEGER NOT NULL,
    weights INTEGER NOT NULL,
    PRIMARY KEY (run_id, block, position),
    FOREIGN KEY (run_id, block) REFERENCES journal (run_id, block) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE metrics (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    task TEXT NOT NULL,
    data TEXT NOT NULL,
    value REAL,
    standard_error REAL,
    unit TEXT NOT NULL,
    measured TEXT NOT NULL, -- Evaluation as JSON
    baseline TEXT, -- the unquantized model's
    created TEXT NOT NULL,
    PRIMARY KEY (run_id, task, data)
) WITHOUT ROWID;

CREATE TABLE results (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL, -- the result as JSON
    created TEXT NOT NULL,
    PRIMARY KEY (run_id, kind, name)
);

CREATE TABLE blobs (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (run_id, name)
);
