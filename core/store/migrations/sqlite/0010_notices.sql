-- What officers are told here in the hub. Rebuilt from the journal at any time; the words are there, sealed.

CREATE TABLE notices (
    reader          TEXT    NOT NULL,  -- Account id, or "role@unit": everybody of the role in the unit.
    at              INTEGER NOT NULL,
    id              TEXT    NOT NULL,  -- Of its event.
    petition_id     TEXT    NOT NULL,
    version         INTEGER NOT NULL,  -- Of its event.
    complained_unit TEXT    NOT NULL,
    PRIMARY KEY (reader, at, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX notices_by_id ON notices (id);

-- Who has read which; not of the journal.
CREATE TABLE notices_read (
    account TEXT    NOT NULL,
    notice  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, notice)
) WITHOUT ROWID;
