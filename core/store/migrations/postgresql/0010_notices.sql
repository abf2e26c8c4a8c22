-- What officers are told here in the hub. Rebuilt from the journal at any time; the words are there, sealed.

CREATE TABLE notices (
    reader          text COLLATE "C" NOT NULL,  -- Account id, or "role@unit": everybody of the role in the unit.
    at              bigint           NOT NULL,
    id              text COLLATE "C" NOT NULL,  -- Of its event.
    petition_id     text COLLATE "C" NOT NULL,
    version         bigint           NOT NULL,  -- Of its event.
    complained_unit text COLLATE "C" NOT NULL,
    PRIMARY KEY (reader, at, id)
);
CREATE UNIQUE INDEX notices_by_id ON notices (id);

-- Who has read which; not of the journal.
CREATE TABLE notices_read (
    account text COLLATE "C" NOT NULL,
    notice  text COLLATE "C" NOT NULL,
    at      bigint           NOT NULL,
    PRIMARY KEY (account, notice)
);
