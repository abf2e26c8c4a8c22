-- The journal: what happened (events), what was said (payloads, sealed), who said it (persons, sealed).
-- Instants are epoch milliseconds UTC everywhere.

CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL,
    petition_id TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    config_hash TEXT    NOT NULL,
    commitment  BLOB    NOT NULL,
    leaf        BLOB    NOT NULL,
    UNIQUE (petition_id, version)
);

-- A tripwire against mistakes, not a wall against whoever owns the file.
CREATE TRIGGER events_are_never_updated BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- Sealed under the petition's data key; may lose its row when the key is destroyed, the journal still verifies.
CREATE TABLE payloads (
    seq    INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
);

CREATE TABLE persons (
    petition_id   TEXT NOT NULL PRIMARY KEY,
    wrapped_key   BLOB NOT NULL,
    sealed        BLOB NOT NULL,
    phone_index   TEXT,
    citizen_index TEXT
) WITHOUT ROWID;
CREATE INDEX persons_by_phone   ON persons (phone_index)   WHERE phone_index   IS NOT NULL;
CREATE INDEX persons_by_citizen ON persons (citizen_index) WHERE citizen_index IS NOT NULL;

CREATE TABLE inbox (
    key         TEXT NOT NULL PRIMARY KEY,
    petition_id TEXT NOT NULL,
    body_hash   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE counters (
    day  TEXT NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) WITHOUT ROWID;
