-- The register of calls: what call centres told of each, and the petitions that came of them.

CREATE TABLE calls (
    id             text COLLATE "C" NOT NULL PRIMARY KEY,
    connector      text COLLATE "C" NOT NULL,
    call_id        text COLLATE "C" NOT NULL,  -- The call centre's.
    sealed         bytea            NOT NULL,  -- Who called, what number, what the plugin keeps of it.
    phone_index    text COLLATE "C",           -- Blind index, the same as a petitioner's; null: hidden.
    agent          text COLLATE "C" NOT NULL,  -- Empty: not known, as the next.
    result         text COLLATE "C" NOT NULL,
    started_at     bigint,
    answered_at    bigint,
    ended_at       bigint,
    recording      text COLLATE "C",           -- The address of a blob.
    recording_type text COLLATE "C" NOT NULL,
    recording_size bigint           NOT NULL,
    no_recording   bigint           NOT NULL,  -- 1: there is none and none will come.
    updated_at     bigint           NOT NULL,
    sort_at        bigint           NOT NULL,  -- Begun, or else first heard of.
    UNIQUE (connector, call_id)
);
CREATE INDEX calls_in_order   ON calls (sort_at, id);
CREATE INDEX calls_of_agent   ON calls (agent, sort_at, id);
CREATE INDEX calls_by_call_id ON calls (call_id);
CREATE INDEX calls_unrecorded ON calls (connector, ended_at, id) WHERE recording IS NULL AND no_recording = 0;

-- A petition that an operator wrote during a call may be there before anything is known of the call.
CREATE TABLE petition_calls (
    call        text COLLATE "C" NOT NULL,  -- As the operator named it: the call centre's id, or the hub's.
    petition_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (call, petition_id)
);
CREATE INDEX petition_calls_of ON petition_calls (petition_id);
