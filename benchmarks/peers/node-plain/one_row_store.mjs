// One plain row a petition: what a small portal would keep. Reported beside the same-rows store.

import { openDurable } from '../database.cjs';

export function makeOneRowStore(file) {
  const database = openDurable(file);
  database.exec('CREATE TABLE petitions (id INTEGER PRIMARY KEY, request_key TEXT NOT NULL, received_at INTEGER NOT NULL,'
    + ' category TEXT NOT NULL, unit TEXT NOT NULL, rule TEXT NOT NULL, body TEXT NOT NULL)');
  const insert = database.prepare(
    'INSERT INTO petitions (request_key, received_at, category, unit, rule, body) VALUES (?,?,?,?,?,?)');

  function write(batch) {
    const now = Date.now();
    database.exec('BEGIN IMMEDIATE');
    try {
      const answers = batch.map(({ key, body, petition, place }) => {
        const { lastInsertRowid } = insert.run(key, now, petition.category, place.unit, place.rule, body);
        return { status: 201, body: `{"id":"${lastInsertRowid}","status":"received","unit":"${place.unit}"}` };
      });
      database.exec('COMMIT');
      return answers;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  return { write, close: () => database.close() };
}
