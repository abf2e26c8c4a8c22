-- What followers of the journal keep for statistics and search: never written by the transaction of an intake, made anew
-- from the journal at any time. No texts and no persons here: words and senders are keyed hashes.

CREATE TABLE followers (
    name     TEXT    NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL  -- Number of the last event that is counted; all before it are, too.
) WITHOUT ROWID;

-- One row for each petition: what statistics count and lists filter by.
CREATE TABLE report_petitions (
    doc             INTEGER NOT NULL PRIMARY KEY,  -- Number of its first event.
    petition_id     TEXT    NOT NULL UNIQUE,
    channel         TEXT    NOT NULL,
    category        TEXT    NOT NULL,
    unit            TEXT    NOT NULL,
    area            TEXT    NOT NULL,
    complained_unit TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    identity        TEXT    NOT NULL,
    rating          TEXT    NOT NULL,  -- Empty: none.
    progress        TEXT    NOT NULL,  -- on_time, late; open: depends on the hour.
    sender          TEXT    NOT NULL,  -- Keyed hash; empty: not known, or asked not to be.
    received_at     INTEGER NOT NULL,
    due_at          INTEGER,
    finished        INTEGER NOT NULL,  -- 0 or 1
    sort_at         INTEGER NOT NULL   -- As in petitions.
);
CREATE INDEX report_in_order      ON report_petitions (finished, sort_at, doc);
CREATE INDEX report_by_receipt    ON report_petitions (received_at);
CREATE INDEX report_by_area       ON report_petitions (area, finished, sort_at, doc);
CREATE INDEX report_by_complained ON report_petitions (complained_unit) WHERE complained_unit <> '';
CREATE INDEX report_by_sender     ON report_petitions (sender, doc) WHERE sender <> '';
CREATE INDEX report_open          ON report_petitions (finished, due_at, unit, category, channel, received_at, complained_unit)
    WHERE finished = 0;  -- All that counting open ones asks for.

CREATE TABLE report_tags (
    tag TEXT    NOT NULL,
    doc INTEGER NOT NULL,
    PRIMARY KEY (tag, doc)
) WITHOUT ROWID;
CREATE INDEX report_tags_by_doc ON report_tags (doc);

-- Each time a petition went back: returned, sent_back, unclaimed, reopened, merged.
CREATE TABLE report_moves (
    doc     INTEGER NOT NULL,
    version INTEGER NOT NULL,
    value   TEXT    NOT NULL,
    unit    TEXT    NOT NULL,  -- Who had it.
    PRIMARY KEY (doc, version)
) WITHOUT ROWID;
CREATE INDEX report_moves_by_value ON report_moves (value, unit);

-- The same counted by months of receipt, so that no statistic walks all petitions; for each set of what is told apart anew, so
-- that one that tells little apart reads few rows.
CREATE TABLE report_cells (
    measure  TEXT    NOT NULL,  -- status, progress, identity, rating, moves.
    apart    INTEGER NOT NULL,  -- Sum of: 1 unit, 2 category, 4 channel. Those that are not told apart are empty.
    month    INTEGER NOT NULL,  -- 202603.
    unit     TEXT    NOT NULL,
    category TEXT    NOT NULL,
    channel  TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (measure, apart, month, unit, category, channel, value)
) WITHOUT ROWID;

CREATE TABLE report_senders (
    sender    TEXT    NOT NULL PRIMARY KEY,
    petitions INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX report_senders_in_order ON report_senders (petitions DESC, sender);

-- The words of a petition, five bytes of a keyed hash each, in their order: what the index below has to be told when
-- they change.
CREATE TABLE search_documents (
    doc   INTEGER NOT NULL PRIMARY KEY,
    words BLOB    NOT NULL
);
CREATE VIRTUAL TABLE search_index USING fts5 (words, content = '', tokenize = 'ascii', columnsize = 0);
