-- People whom a provider signs in, and what is kept of their sessions.

CREATE TABLE account_links (
    person     text COLLATE "C" NOT NULL PRIMARY KEY,  -- Keyed hash of issuer and subject.
    account    text COLLATE "C" NOT NULL,
    created_at bigint           NOT NULL,
    sealed     bytea            NOT NULL               -- Issuer, subject, connector, what the provider suggested.
);
CREATE INDEX account_links_by_account ON account_links (account);

ALTER TABLE secrets ADD COLUMN person text COLLATE "C";            -- Keyed hash of connector, issuer and subject.
ALTER TABLE secrets ADD COLUMN provider_session text COLLATE "C";  -- Keyed hash of connector, issuer and the provider's session.
ALTER TABLE secrets ADD COLUMN sealed bytea;
CREATE INDEX secrets_by_person ON secrets (person) WHERE person IS NOT NULL;
CREATE INDEX secrets_by_provider_session ON secrets (provider_session) WHERE provider_session IS NOT NULL;
