-- How an account's person is reached in office, and their title: sealed; null: nothing is known.

ALTER TABLE accounts ADD COLUMN contact BLOB;
