-- Who is on duty, who takes whose place, who asks for which role.

CREATE TABLE roster_shifts (
    id        TEXT NOT NULL PRIMARY KEY,
    unit      TEXT NOT NULL,  -- Empty: the Centre's roster.
    begins_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    people    TEXT NOT NULL,  -- Account ids, separated by commas, in the order in which they are called.
    UNIQUE (unit, begins_at, ends_at)
) WITHOUT ROWID;
CREATE INDEX roster_shifts_by_end ON roster_shifts (ends_at);

CREATE TABLE substitutions (
    id         TEXT NOT NULL PRIMARY KEY,
    account    TEXT NOT NULL,
    substitute TEXT NOT NULL,
    begins_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    named_by   TEXT NOT NULL,
    named_at   INTEGER NOT NULL,
    ended_by   TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX substitutions_by_substitute ON substitutions (substitute, ends_at);
CREATE INDEX substitutions_by_end ON substitutions (ends_at);

CREATE TABLE role_requests (
    id         TEXT NOT NULL PRIMARY KEY,
    account    TEXT NOT NULL,
    role       TEXT NOT NULL,
    unit       TEXT NOT NULL,  -- Empty: at the Centre.
    asked_at   INTEGER NOT NULL,
    state      TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at INTEGER,
    sealed     BLOB NOT NULL   -- Reason and answer.
) WITHOUT ROWID;
CREATE UNIQUE INDEX role_requests_open ON role_requests (account, role, unit) WHERE state = 'open';
CREATE INDEX role_requests_by_unit ON role_requests (unit, id);

CREATE INDEX accounts_by_unit ON accounts (unit);
