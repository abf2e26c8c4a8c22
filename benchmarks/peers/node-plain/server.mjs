// The honest opponent: plain Node.js that does for a petition what the hub does and stores the same rows, with group
// commit by hand. All requests that arrive in one turn of the event loop share one transaction (SQLite, WAL,
// synchronous=FULL); they are answered after its COMMIT.
//
// Environment: BENCH_RULES (JSON of the run's rules), BENCH_DATABASE, BENCH_SCHEMA (the hub's migration files, separated
// by colons; without it the variant with one row a petition runs).

import { createServer } from 'node:http';
import { makeStore } from './store.mjs';
import { makeOneRowStore } from './one_row_store.mjs';
import routing from '../routing.cjs';

const router = routing.makeRouter(process.env.BENCH_RULES);
const { BENCH_DATABASE: file, BENCH_SCHEMA: schema } = process.env;
const store = schema ? makeStore(file, schema.split(':')) : makeOneRowStore(file);

let waiting = [];

function commitWaiting() {
  const batch = waiting;
  waiting = [];
  let answers;
  try {
    answers = store.write(batch);
  } catch (error) {
    console.error(error.message);
    for (const { response } of batch) answer(response, 503, '{"code":"store.unavailable"}');
    return;
  }
  for (let i = 0; i < batch.length; ++i) answer(batch[i].response, answers[i].status, answers[i].body);
}

function answer(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function takeIn(response, key, body) {
  let petition;
  try {
    petition = JSON.parse(body);
  } catch {
    return answer(response, 400, '{"code":"body.not_json"}');
  }
  const problem = router.problemOf(petition);
  if (problem !== null) return answer(response, 422, JSON.stringify({ code: 'field.invalid', field: problem }));
  petition.petitioner.phone_typed = petition.petitioner.phone;
  petition.petitioner.phone = routing.toE164(petition.petitioner.phone);
  petition.title = petition.title.normalize('NFC');
  petition.content = petition.content.normalize('NFC');
  if (waiting.length === 0) setImmediate(commitWaiting);
  waiting.push({ response, key, body, petition, place: router.route(petition) });
}

const server = createServer({ keepAliveTimeout: 30000, requestTimeout: 0, noDelay: true }, (request, response) => {
  if (request.method !== 'POST' || request.url !== '/api/v1/petitions') return answer(response, 404, '{}');
  const key = request.headers['idempotency-key'] ?? '';
  let first = null;
  let rest = null;
  request.on('data', (chunk) => {
    if (first === null) first = chunk;
    else (rest ??= []).push(chunk);
  });
  request.on('end', () => {
    const bytes = rest === null ? (first ?? Buffer.alloc(0)) : Buffer.concat([first, ...rest]);
    takeIn(response, key, bytes.utf8Slice());
  });
});

server.listen(0, '127.0.0.1', 1024, () => {
  console.log(JSON.stringify({ id: 'HTTP_LISTENING', port: server.address().port, sqlite: process.versions.sqlite }));
});
process.on('SIGTERM', () => {
  store.close();
  process.exit(0);
});
