-- Each time a hub took a configuration into effect. `configurations` keeps its text once, however often it comes back.

CREATE TABLE acceptances (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       bigint           NOT NULL,
    hash     text COLLATE "C" NOT NULL,
    actor    text             NOT NULL,  -- Who had it so: start, signal, socket:USER, account:LOGIN; empty: before this table.
    node     text COLLATE "C" NOT NULL   -- Host name of the hub; empty: before this table.
);
CREATE INDEX acceptances_by_node ON acceptances (node, sequence);
INSERT INTO acceptances (at, hash, actor, node) SELECT at, hash, '', '' FROM configurations ORDER BY at, hash;

CREATE FUNCTION acceptances_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'acceptances are append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER acceptances_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON acceptances
    FOR EACH STATEMENT EXECUTE FUNCTION acceptances_are_append_only();
