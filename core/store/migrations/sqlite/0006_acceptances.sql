-- Each time a hub took a configuration into effect. `configurations` keeps its text once, however often it comes back.

CREATE TABLE acceptances (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    hash     TEXT    NOT NULL,
    actor    TEXT    NOT NULL,  -- Who had it so: start, signal, socket:USER, account:LOGIN; empty: before this table.
    node     TEXT    NOT NULL   -- Host name of the hub; empty: before this table.
);
CREATE INDEX acceptances_by_node ON acceptances (node, sequence);
INSERT INTO acceptances (at, hash, actor, node) SELECT at, hash, '', '' FROM configurations ORDER BY at, hash;

CREATE TRIGGER acceptances_are_never_updated BEFORE UPDATE ON acceptances
BEGIN SELECT RAISE(ABORT, 'acceptances are append-only'); END;
CREATE TRIGGER acceptances_are_never_deleted BEFORE DELETE ON acceptances
BEGIN SELECT RAISE(ABORT, 'acceptances are append-only'); END;
