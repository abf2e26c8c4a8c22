-- Whose answer a rating is about; the petition may be somebody else's by now. What is counted by now is counted anew.

ALTER TABLE report_petitions ADD COLUMN rating_unit TEXT NOT NULL DEFAULT '';

DELETE FROM report_petitions;
DELETE FROM report_tags;
DELETE FROM report_moves;
DELETE FROM report_cells;
DELETE FROM report_senders;
DELETE FROM search_documents;
INSERT INTO search_index (search_index) VALUES ('delete-all');
DELETE FROM followers;
