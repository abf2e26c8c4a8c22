-- What lists, queues, timers and the outbox read. Rebuilt from the journal at any time; no texts here.
-- Keys are in the order in which the rows are read, so that each queue is one range of one tree.

CREATE TABLE petitions (
    id              text COLLATE "C" NOT NULL PRIMARY KEY,
    code            text COLLATE "C" NOT NULL UNIQUE,
    version         bigint           NOT NULL,
    status          text COLLATE "C" NOT NULL,
    step            text COLLATE "C" NOT NULL,
    channel         text COLLATE "C" NOT NULL,
    category        text COLLATE "C" NOT NULL,
    unit            text COLLATE "C" NOT NULL,
    suggested_unit  text COLLATE "C" NOT NULL,
    officer         text COLLATE "C" NOT NULL,
    complained_unit text COLLATE "C" NOT NULL,
    emergency       bigint           NOT NULL,
    received_at     bigint           NOT NULL,
    due_at          bigint,
    total_due_at    bigint,
    finished_at     bigint,
    finished        bigint           NOT NULL,  -- 0 or 1
    sort_at         bigint           NOT NULL   -- Open: due_at, or the greatest integer without one. Finished: 0.
);
CREATE INDEX petitions_in_order ON petitions (finished, sort_at, id);

-- Every unit a petition was ever distributed to.
CREATE TABLE petition_units (
    unit        text COLLATE "C" NOT NULL,
    petition_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (unit, petition_id)
);

CREATE TABLE tasks (
    role            text COLLATE "C" NOT NULL,
    unit            text COLLATE "C" NOT NULL,
    due             bigint           NOT NULL,  -- The greatest integer when there is none.
    petition_id     text COLLATE "C" NOT NULL,
    position        bigint           NOT NULL,  -- Among the tasks of the petition.
    step            text COLLATE "C" NOT NULL,
    officer         text COLLATE "C" NOT NULL,
    complained_unit text COLLATE "C" NOT NULL,
    PRIMARY KEY (role, unit, due, petition_id, position)
);

CREATE TABLE timers (
    due         bigint           NOT NULL,
    petition_id text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    clock       text COLLATE "C" NOT NULL,
    PRIMARY KEY (due, petition_id, kind, clock)
);

CREATE TABLE deliveries (
    id          text COLLATE "C" NOT NULL PRIMARY KEY,
    petition_id text COLLATE "C" NOT NULL,
    connector   text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    cause       text COLLATE "C" NOT NULL,
    state       text COLLATE "C" NOT NULL,
    queued_at   bigint           NOT NULL,
    next_at     bigint           NOT NULL,
    attempts    bigint           NOT NULL,
    last_error  text COLLATE "C" NOT NULL,
    reference   text COLLATE "C" NOT NULL,
    lease_owner text COLLATE "C",                     -- Who claimed it last and has not settled; not of the journal.
    lease_until bigint           NOT NULL DEFAULT 0   -- Nobody else claims it before; not of the journal.
);
CREATE INDEX deliveries_to_send ON deliveries (connector, next_at, id) WHERE state = 'queued';
CREATE INDEX deliveries_in_order ON deliveries (queued_at, id);
