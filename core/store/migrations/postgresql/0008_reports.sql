-- What followers of the journal keep for statistics and search: never written by the transaction of an intake, made anew
-- from the journal at any time. No texts and no persons here: words and senders are keyed hashes.

CREATE TABLE followers (
    name     text COLLATE "C" NOT NULL PRIMARY KEY,
    position bigint           NOT NULL  -- Number of the last event that is counted; all before it are, too.
);

-- One row for each petition: what statistics count and lists filter by.
CREATE TABLE report_petitions (
    doc             bigint           NOT NULL PRIMARY KEY,  -- Number of its first event.
    petition_id     text COLLATE "C" NOT NULL UNIQUE,
    channel         text COLLATE "C" NOT NULL,
    category        text COLLATE "C" NOT NULL,
    unit            text COLLATE "C" NOT NULL,
    area            text COLLATE "C" NOT NULL,
    complained_unit text COLLATE "C" NOT NULL,
    status          text COLLATE "C" NOT NULL,
    identity        text COLLATE "C" NOT NULL,
    rating          text COLLATE "C" NOT NULL,  -- Empty: none.
    progress        text COLLATE "C" NOT NULL,  -- on_time, late; open: depends on the hour.
    sender          text COLLATE "C" NOT NULL,  -- Keyed hash; empty: not known, or asked not to be.
    received_at     bigint           NOT NULL,
    due_at          bigint,
    finished        bigint           NOT NULL,  -- 0 or 1
    sort_at         bigint           NOT NULL   -- As in petitions.
);
CREATE INDEX report_in_order      ON report_petitions (finished, sort_at, doc);
CREATE INDEX report_by_receipt    ON report_petitions (received_at);
CREATE INDEX report_by_area       ON report_petitions (area, finished, sort_at, doc);
CREATE INDEX report_by_complained ON report_petitions (complained_unit) WHERE complained_unit <> '';
CREATE INDEX report_by_sender     ON report_petitions (sender, doc) WHERE sender <> '';
CREATE INDEX report_open          ON report_petitions (finished, due_at, unit, category, channel, received_at, complained_unit)
    WHERE finished = 0;  -- All that counting open ones asks for.

CREATE TABLE report_tags (
    tag text COLLATE "C" NOT NULL,
    doc bigint           NOT NULL,
    PRIMARY KEY (tag, doc)
);
CREATE INDEX report_tags_by_doc ON report_tags (doc);

-- Each time a petition went back: returned, sent_back, unclaimed, reopened, merged.
CREATE TABLE report_moves (
    doc     bigint           NOT NULL,
    version bigint           NOT NULL,
    value   text COLLATE "C" NOT NULL,
    unit    text COLLATE "C" NOT NULL,  -- Who had it.
    PRIMARY KEY (doc, version)
);
CREATE INDEX report_moves_by_value ON report_moves (value, unit);

-- The same counted by months of receipt, so that no statistic walks all petitions; for each set of what is told apart anew, so
-- that one that tells little apart reads few rows.
CREATE TABLE report_cells (
    measure  text COLLATE "C" NOT NULL,  -- status, progress, identity, rating, moves.
    apart    bigint           NOT NULL,  -- Sum of: 1 unit, 2 category, 4 channel. Those that are not told apart are empty.
    month    bigint           NOT NULL,  -- 202603.
    unit     text COLLATE "C" NOT NULL,
    category text COLLATE "C" NOT NULL,
    channel  text COLLATE "C" NOT NULL,
    value    text COLLATE "C" NOT NULL,
    count    bigint           NOT NULL,
    PRIMARY KEY (measure, apart, month, unit, category, channel, value)
);

CREATE TABLE report_senders (
    sender    text COLLATE "C" NOT NULL PRIMARY KEY,
    petitions bigint           NOT NULL
);
CREATE INDEX report_senders_in_order ON report_senders (petitions DESC, sender);

-- The words of a petition, five bytes of a keyed hash each.
CREATE TABLE search_documents (
    doc   bigint   NOT NULL PRIMARY KEY,
    words tsvector NOT NULL
);
CREATE INDEX search_index ON search_documents USING gin (words);
