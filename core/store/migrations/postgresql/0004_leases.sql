-- What one hub of several may do at a time: who does it, and until when nobody else may.

CREATE TABLE leases (
    name  text COLLATE "C" NOT NULL PRIMARY KEY,
    owner text COLLATE "C" NOT NULL,
    until bigint           NOT NULL
);
