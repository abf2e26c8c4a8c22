-- What a channel keeps of conversations that are no petition yet. Sealed: it is what people wrote.

CREATE TABLE kept_events (
    sequence     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- Never used twice, so that a late drop hits nothing new.
    connector    text COLLATE "C" NOT NULL,
    conversation text COLLATE "C" NOT NULL,  -- Blind index: it may be a telephone number.
    event        text COLLATE "C" NOT NULL,  -- Blind index of the peer's id of it.
    at           bigint           NOT NULL,
    sealed       bytea            NOT NULL,  -- Conversation, id and data.
    UNIQUE (connector, conversation, event)
);
CREATE INDEX kept_events_in_order ON kept_events (connector, conversation, sequence);
