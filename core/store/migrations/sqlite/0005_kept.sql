-- What a channel keeps of conversations that are no petition yet. Sealed: it is what people wrote.

CREATE TABLE kept_events (
    sequence     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,  -- Never used twice, so that a late drop hits nothing new.
    connector    TEXT    NOT NULL,
    conversation TEXT    NOT NULL,  -- Blind index: it may be a telephone number.
    event        TEXT    NOT NULL,  -- Blind index of the peer's id of it.
    at           INTEGER NOT NULL,
    sealed       BLOB    NOT NULL,  -- Conversation, id and data.
    UNIQUE (connector, conversation, event)
);
CREATE INDEX kept_events_in_order ON kept_events (connector, conversation, sequence);
