-- Petitions that wait for the answer of another one. Rebuilt from the journal at any time.

CREATE TABLE merges (
    into_id     TEXT NOT NULL,
    petition_id TEXT NOT NULL,
    PRIMARY KEY (into_id, petition_id)
) WITHOUT ROWID;
