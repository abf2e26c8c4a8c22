-- The knowledge base that the Centre answers from: every version of every article, none ever removed. Public knowledge, so
-- nothing is sealed.

CREATE TABLE knowledge (
    id         text COLLATE "C" NOT NULL,
    version    bigint           NOT NULL,  -- From 1.
    title      text             NOT NULL,
    content    text             NOT NULL,
    category   text COLLATE "C" NOT NULL,  -- Empty: none; as the unit.
    unit       text COLLATE "C" NOT NULL,
    valid_from text COLLATE "C" NOT NULL,  -- First day, 2026-03-09; empty: always.
    valid_to   text COLLATE "C" NOT NULL,  -- Last day; empty: for good.
    at         bigint           NOT NULL,
    actor      text COLLATE "C" NOT NULL,  -- Account id.
    words      text COLLATE "C" NOT NULL,  -- Of title and text, without accents and case, between blanks.
    PRIMARY KEY (id, version)
);
