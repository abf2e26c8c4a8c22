-- The knowledge base that the Centre answers from: every version of every article, none ever removed. Public knowledge, so
-- nothing is sealed.

CREATE TABLE knowledge (
    id         TEXT    NOT NULL,
    version    INTEGER NOT NULL,  -- From 1.
    title      TEXT    NOT NULL,
    content    TEXT    NOT NULL,
    category   TEXT    NOT NULL,  -- Empty: none; as the unit.
    unit       TEXT    NOT NULL,
    valid_from TEXT    NOT NULL,  -- First day, 2026-03-09; empty: always.
    valid_to   TEXT    NOT NULL,  -- Last day; empty: for good.
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,  -- Account id.
    words      TEXT    NOT NULL,  -- Of title and text, without accents and case, between blanks.
    PRIMARY KEY (id, version)
) WITHOUT ROWID;
