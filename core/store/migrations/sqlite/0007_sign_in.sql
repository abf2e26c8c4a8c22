-- People whom a provider signs in, and what is kept of their sessions.

CREATE TABLE account_links (
    person     TEXT    NOT NULL PRIMARY KEY,  -- Keyed hash of issuer and subject.
    account    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL               -- Issuer, subject, connector, what the provider suggested.
) WITHOUT ROWID;
CREATE INDEX account_links_by_account ON account_links (account);

ALTER TABLE secrets ADD COLUMN person TEXT;            -- Keyed hash of connector, issuer and subject.
ALTER TABLE secrets ADD COLUMN provider_session TEXT;  -- Keyed hash of connector, issuer and the provider's session.
ALTER TABLE secrets ADD COLUMN sealed BLOB;
CREATE INDEX secrets_by_person ON secrets (person) WHERE person IS NOT NULL;
CREATE INDEX secrets_by_provider_session ON secrets (provider_session) WHERE provider_session IS NOT NULL;
