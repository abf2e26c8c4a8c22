-- What belongs to the hub and to no petition.

CREATE TABLE accounts (
    id            TEXT    NOT NULL PRIMARY KEY,
    login         TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    roles         TEXT    NOT NULL,  -- Names, separated by commas.
    unit          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    locked        INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE secrets (
    hash       TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    csrf_hash  TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) WITHOUT ROWID;
CREATE INDEX secrets_that_expire ON secrets (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE refused (
    id          TEXT    NOT NULL PRIMARY KEY,
    channel     TEXT    NOT NULL,
    external_id TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    problem     TEXT    NOT NULL,
    sealed      BLOB    NOT NULL
) WITHOUT ROWID;
CREATE INDEX refused_in_order ON refused (at, id);

CREATE TABLE configurations (
    hash TEXT    NOT NULL PRIMARY KEY,
    at   INTEGER NOT NULL,
    text TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE connector_state (
    connector TEXT NOT NULL,
    key       TEXT NOT NULL,
    sealed    BLOB NOT NULL,
    PRIMARY KEY (connector, key)
) WITHOUT ROWID;

-- One row that changes when somebody asks whether the store can be written.
CREATE TABLE heartbeat (beat INTEGER NOT NULL);
INSERT INTO heartbeat VALUES (0);
