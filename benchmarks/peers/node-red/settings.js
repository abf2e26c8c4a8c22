'use strict';
// Node-RED as a small agency would run it in production, set up kindly: no editor, no context store, no console chatter,
// durable SQLite with prepared statement and raised checkpoint limit.
//
// Environment: BENCH_RULES (JSON of the run's rules), BENCH_DATABASE, BENCH_PORT.

const path = require('node:path');
const { makeRouter } = require('../routing.cjs');
const { openDurable } = require('../database.cjs');

const database = openDurable(process.env.BENCH_DATABASE);
database.exec('CREATE TABLE petitions (id INTEGER PRIMARY KEY, request_key TEXT NOT NULL, received_at INTEGER NOT NULL,'
  + ' category TEXT NOT NULL, unit TEXT NOT NULL, rule TEXT NOT NULL, body TEXT NOT NULL)');

module.exports = {
  uiHost: '127.0.0.1',
  uiPort: Number(process.env.BENCH_PORT),
  flowFile: path.join(__dirname, 'flows.json'),
  readOnly: true,
  credentialSecret: false,
  disableEditor: true,
  httpAdminRoot: false,
  telemetry: { enabled: false, updateNotification: false },
  diagnostics: { enabled: false },
  externalModules: { autoInstall: false },
  logging: { console: { level: 'warn', metrics: false, audit: false } },
  functionGlobalContext: {
    router: makeRouter(process.env.BENCH_RULES),
    insert: database.prepare(
      'INSERT INTO petitions (request_key, received_at, category, unit, rule, body) VALUES (?,?,?,?,?,?)'),
  },
};
