-- The register of calls: what call centres told of each, and the petitions that came of them.

CREATE TABLE calls (
    id             TEXT    NOT NULL PRIMARY KEY,
    connector      TEXT    NOT NULL,
    call_id        TEXT    NOT NULL,  -- The call centre's.
    sealed         BLOB    NOT NULL,  -- Who called, what number, what the plugin keeps of it.
    phone_index    TEXT,              -- Blind index, the same as a petitioner's; null: hidden.
    agent          TEXT    NOT NULL,  -- Empty: not known, as the next.
    result         TEXT    NOT NULL,
    started_at     INTEGER,
    answered_at    INTEGER,
    ended_at       INTEGER,
    recording      TEXT,              -- The address of a blob.
    recording_type TEXT    NOT NULL,
    recording_size INTEGER NOT NULL,
    no_recording   INTEGER NOT NULL,  -- 1: there is none and none will come.
    updated_at     INTEGER NOT NULL,
    sort_at        INTEGER NOT NULL,  -- Begun, or else first heard of.
    UNIQUE (connector, call_id)
) WITHOUT ROWID;
CREATE INDEX calls_in_order   ON calls (sort_at, id);
CREATE INDEX calls_of_agent   ON calls (agent, sort_at, id);
CREATE INDEX calls_by_call_id ON calls (call_id);
CREATE INDEX calls_unrecorded ON calls (connector, ended_at, id) WHERE recording IS NULL AND no_recording = 0;

-- A petition that an operator wrote during a call may be there before anything is known of the call.
CREATE TABLE petition_calls (
    call        TEXT NOT NULL,  -- As the operator named it: the call centre's id, or the hub's.
    petition_id TEXT NOT NULL,
    PRIMARY KEY (call, petition_id)
) WITHOUT ROWID;
CREATE INDEX petition_calls_of ON petition_calls (petition_id);
