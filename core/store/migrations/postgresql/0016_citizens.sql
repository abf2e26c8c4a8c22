-- Citizens who come back: what everybody may see in the order of receipt, petitions by the address that replies go to,
-- and the devices that notices go to. What followers keep is made anew.

ALTER TABLE report_petitions ADD COLUMN shown bigint NOT NULL DEFAULT 0;       -- 0 nothing, 1 how it goes on, 2 all.
ALTER TABLE report_petitions ADD COLUMN changed_at bigint NOT NULL DEFAULT 0;  -- What its sender sees of it, last.
CREATE INDEX report_shown         ON report_petitions (received_at, doc) WHERE shown > 0;
CREATE INDEX report_shown_changed ON report_petitions (changed_at, doc);

DELETE FROM report_petitions;
DELETE FROM report_tags;
DELETE FROM report_moves;
DELETE FROM report_cells;
DELETE FROM report_senders;
DELETE FROM search_documents;
DELETE FROM followers;

ALTER TABLE persons ADD COLUMN reply_index text COLLATE "C";  -- Blind index of channel and reply address.
CREATE INDEX persons_by_reply ON persons (reply_index) WHERE reply_index IS NOT NULL;

CREATE TABLE devices (
    token_index text COLLATE "C" NOT NULL PRIMARY KEY,  -- Blind index of platform and token.
    owner_index text COLLATE "C" NOT NULL,              -- Blind index of channel and owner.
    platform    text COLLATE "C" NOT NULL,
    sealed      bytea            NOT NULL,              -- The token.
    session     TEXT,                          -- SHA-256 of the token of the session it was told with.
    seen_at     bigint           NOT NULL
);
CREATE INDEX devices_of   ON devices (owner_index, seen_at);
CREATE INDEX devices_session ON devices (session) WHERE session IS NOT NULL;
CREATE INDEX devices_seen ON devices (seen_at);
