-- What belongs to the hub and to no petition.

CREATE TABLE accounts (
    id            text COLLATE "C" NOT NULL PRIMARY KEY,
    login         text COLLATE "C" NOT NULL UNIQUE,
    name          text COLLATE "C" NOT NULL,
    roles         text COLLATE "C" NOT NULL,  -- Names, separated by commas.
    unit          text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C" NOT NULL,
    locked        bigint           NOT NULL,
    created_at    bigint           NOT NULL
);

CREATE TABLE secrets (
    hash       text COLLATE "C" NOT NULL PRIMARY KEY,
    kind       text COLLATE "C" NOT NULL,
    account    text COLLATE "C" NOT NULL,
    source     text COLLATE "C" NOT NULL,
    csrf_hash  text COLLATE "C" NOT NULL,
    created_at bigint           NOT NULL,
    expires_at bigint
);
CREATE INDEX secrets_that_expire ON secrets (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE refused (
    id          text COLLATE "C" NOT NULL PRIMARY KEY,
    channel     text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    at          bigint           NOT NULL,
    problem     text COLLATE "C" NOT NULL,
    sealed      bytea            NOT NULL
);
CREATE INDEX refused_in_order ON refused (at, id);

CREATE TABLE configurations (
    hash text COLLATE "C" NOT NULL PRIMARY KEY,
    at   bigint           NOT NULL,
    text text COLLATE "C" NOT NULL
);

CREATE TABLE connector_state (
    connector text COLLATE "C" NOT NULL,
    key       bytea            NOT NULL,
    sealed    bytea            NOT NULL,
    PRIMARY KEY (connector, key)
);

-- One row that changes when somebody asks whether the store can be written.
CREATE TABLE heartbeat (beat bigint NOT NULL);
INSERT INTO heartbeat VALUES (0);
