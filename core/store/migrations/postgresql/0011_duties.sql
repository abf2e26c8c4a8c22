-- Who is on duty, who takes whose place, who asks for which role.

CREATE TABLE roster_shifts (
    id        text COLLATE "C" NOT NULL PRIMARY KEY,
    unit      text COLLATE "C" NOT NULL,  -- Empty: the Centre's roster.
    begins_at bigint NOT NULL,
    ends_at   bigint NOT NULL,
    people    text COLLATE "C" NOT NULL,  -- Account ids, separated by commas, in the order in which they are called.
    UNIQUE (unit, begins_at, ends_at)
);
CREATE INDEX roster_shifts_by_end ON roster_shifts (ends_at);

CREATE TABLE substitutions (
    id         text COLLATE "C" NOT NULL PRIMARY KEY,
    account    text COLLATE "C" NOT NULL,
    substitute text COLLATE "C" NOT NULL,
    begins_at  bigint NOT NULL,
    ends_at    bigint NOT NULL,
    named_by   text COLLATE "C" NOT NULL,
    named_at   bigint NOT NULL,
    ended_by   text COLLATE "C" NOT NULL
);
CREATE INDEX substitutions_by_substitute ON substitutions (substitute, ends_at);
CREATE INDEX substitutions_by_end ON substitutions (ends_at);

CREATE TABLE role_requests (
    id         text COLLATE "C" NOT NULL PRIMARY KEY,
    account    text COLLATE "C" NOT NULL,
    role       text COLLATE "C" NOT NULL,
    unit       text COLLATE "C" NOT NULL,  -- Empty: at the Centre.
    asked_at   bigint NOT NULL,
    state      text COLLATE "C" NOT NULL,
    decided_by text COLLATE "C" NOT NULL,
    decided_at bigint,
    sealed     bytea NOT NULL   -- Reason and answer.
);
CREATE UNIQUE INDEX role_requests_open ON role_requests (account, role, unit) WHERE state = 'open';
CREATE INDEX role_requests_by_unit ON role_requests (unit, id);

CREATE INDEX accounts_by_unit ON accounts (unit);
