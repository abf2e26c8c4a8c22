-- The journal: what happened (events), what was said (payloads, sealed), who said it (persons, sealed).
-- Instants are epoch milliseconds UTC everywhere. Texts compare by their bytes, as in every other store.

-- Numbers have gaps: a transaction that fails gives none back. They are in the order in which transactions wrote, which
-- between several hubs is not the order in which they were committed.
CREATE SEQUENCE events_seq;

CREATE TABLE events (
    seq         bigint           NOT NULL PRIMARY KEY,
    id          text COLLATE "C" NOT NULL,
    petition_id text COLLATE "C" NOT NULL,
    version     integer          NOT NULL,
    at          bigint           NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    actor       text COLLATE "C" NOT NULL,
    role        text COLLATE "C" NOT NULL,
    config_hash text COLLATE "C" NOT NULL,
    commitment  bytea            NOT NULL,
    leaf        bytea            NOT NULL,
    CONSTRAINT events_one_of_each_version UNIQUE (petition_id, version)
);
ALTER SEQUENCE events_seq OWNED BY events.seq;
-- The petitions in the order in which they came: what a rebuild walks.
CREATE INDEX events_births ON events (seq) WHERE version = 1;

-- A tripwire against mistakes, not a wall against whoever owns the table. The hub's role needs INSERT and SELECT only.
CREATE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_append_only();

-- Sealed under the petition's data key; may lose its row when the key is destroyed, the journal still verifies.
CREATE TABLE payloads (
    seq    bigint NOT NULL PRIMARY KEY,
    sealed bytea  NOT NULL
);
-- What is sealed cannot be made smaller.
ALTER TABLE payloads ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE TABLE persons (
    petition_id   text COLLATE "C" NOT NULL PRIMARY KEY,
    wrapped_key   bytea            NOT NULL,
    sealed        bytea            NOT NULL,
    phone_index   text COLLATE "C",
    citizen_index text COLLATE "C"
);
ALTER TABLE persons ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX persons_by_phone   ON persons (phone_index)   WHERE phone_index   IS NOT NULL;
CREATE INDEX persons_by_citizen ON persons (citizen_index) WHERE citizen_index IS NOT NULL;

-- A key is whatever bytes the caller sent.
CREATE TABLE inbox (
    key         bytea            NOT NULL PRIMARY KEY,
    petition_id text COLLATE "C" NOT NULL,
    body_hash   text COLLATE "C" NOT NULL
);

CREATE TABLE counters (
    day  text COLLATE "C" NOT NULL PRIMARY KEY,
    last bigint           NOT NULL
);
