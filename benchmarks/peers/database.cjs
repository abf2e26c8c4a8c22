'use strict';
// Opens a fresh database with the promise the hub gives: what is answered is on disk. The checkpoint limit is the
// hub's too; SQLite's default of 1000 pages costs a peer a seventh of its throughput.

const { DatabaseSync } = require('node:sqlite');

function openDurable(file) {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode=WAL');
  database.exec('PRAGMA synchronous=FULL');
  database.exec('PRAGMA wal_autocheckpoint=20000');
  database.exec('PRAGMA temp_store=MEMORY');
  database.exec('PRAGMA cache_size=-65536');
  return database;
}

module.exports = { openDurable };
