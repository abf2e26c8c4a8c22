-- What lists, queues, timers and the outbox read. Rebuilt from the journal at any time; no texts here.
-- Keys are in the order in which the rows are read, so that each queue is one range of one tree.

CREATE TABLE petitions (
    id              TEXT    NOT NULL PRIMARY KEY,
    code            TEXT    NOT NULL UNIQUE,
    version         INTEGER NOT NULL,
    status          TEXT    NOT NULL,
    step            TEXT    NOT NULL,
    channel         TEXT    NOT NULL,
    category        TEXT    NOT NULL,
    unit            TEXT    NOT NULL,
    suggested_unit  TEXT    NOT NULL,
    officer         TEXT    NOT NULL,
    complained_unit TEXT    NOT NULL,
    emergency       INTEGER NOT NULL,
    received_at     INTEGER NOT NULL,
    due_at          INTEGER,
    total_due_at    INTEGER,
    finished_at     INTEGER,
    finished        INTEGER NOT NULL,  -- 0 or 1
    sort_at         INTEGER NOT NULL   -- Open: due_at, or the greatest integer without one. Finished: 0.
) WITHOUT ROWID;
CREATE INDEX petitions_in_order ON petitions (finished, sort_at, id);

-- Every unit a petition was ever distributed to.
CREATE TABLE petition_units (
    unit        TEXT NOT NULL,
    petition_id TEXT NOT NULL,
    PRIMARY KEY (unit, petition_id)
) WITHOUT ROWID;

CREATE TABLE tasks (
    role            TEXT    NOT NULL,
    unit            TEXT    NOT NULL,
    due             INTEGER NOT NULL,  -- The greatest integer when there is none.
    petition_id     TEXT    NOT NULL,
    position        INTEGER NOT NULL,  -- Among the tasks of the petition.
    step            TEXT    NOT NULL,
    officer         TEXT    NOT NULL,
    complained_unit TEXT    NOT NULL,
    PRIMARY KEY (role, unit, due, petition_id, position)
) WITHOUT ROWID;

CREATE TABLE timers (
    due         INTEGER NOT NULL,
    petition_id TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    clock       TEXT    NOT NULL,
    PRIMARY KEY (due, petition_id, kind, clock)
) WITHOUT ROWID;

CREATE TABLE deliveries (
    id          TEXT    NOT NULL PRIMARY KEY,
    petition_id TEXT    NOT NULL,
    connector   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    cause       TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    queued_at   INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    last_error  TEXT    NOT NULL,
    reference   TEXT    NOT NULL,
    lease_owner TEXT,                        -- Who claimed it last and has not settled; not of the journal.
    lease_until INTEGER NOT NULL DEFAULT 0   -- Nobody else claims it before; not of the journal.
) WITHOUT ROWID;
CREATE INDEX deliveries_to_send ON deliveries (connector, next_at, id) WHERE state = 'queued';
CREATE INDEX deliveries_in_order ON deliveries (queued_at, id);
