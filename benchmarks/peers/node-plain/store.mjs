// The rows the hub stores for a new petition, in the hub's own schema: journal events with their hashes, payloads sealed
// under the petition's own key, the person apart, and the projections (petition, task, timers, delivery).

import { readFileSync } from 'node:fs';
import { blindIndex, commitment, newDataKey, newId, seal, sha256, token } from './crypto.mjs';
import { deadlines, localDay } from './deadlines.mjs';
import { openDurable } from '../database.cjs';

const kConfigHash = '0'.repeat(64);
const kDeliveryBody = { connector: 'webhook', kind: 'status_update', cause: 'received', replay: false };

function prepareAll(database) {
  const insert = (table, columns) => {
    const values = columns.split(',').fill('?').join(',');
    return database.prepare(`INSERT INTO ${table} (${columns}) VALUES (${values})`);
  };
  return {
    findKey: database.prepare('SELECT petition_id, body_hash FROM inbox WHERE key = ?'),
    lastSerial: database.prepare('SELECT last FROM counters WHERE day = ?'),
    setSerial: database.prepare('INSERT INTO counters VALUES (?1, ?2) ON CONFLICT (day) DO UPDATE SET last = ?2'),
    event: insert('events', 'id,petition_id,version,at,kind,actor,role,config_hash,commitment,leaf'),
    payload: insert('payloads', 'seq,sealed'),
    petition: insert('petitions', 'id,code,version,status,step,channel,category,unit,suggested_unit,officer,'
      + 'complained_unit,emergency,received_at,due_at,total_due_at,finished_at,finished,sort_at'),
    inbox: insert('inbox', 'key,petition_id,body_hash'),
    person: insert('persons', 'petition_id,wrapped_key,sealed,phone_index'),
    task: insert('tasks', 'role,unit,due,petition_id,position,step,officer,complained_unit'),
    timer: insert('timers', 'due,petition_id,kind,clock'),
    delivery: insert('deliveries', 'id,petition_id,connector,kind,cause,state,queued_at,next_at,attempts,last_error,'
      + 'reference'),
  };
}

export function makeStore(file, schemaFiles) {
  const database = openDurable(file);
  for (const schema of schemaFiles) database.exec(readFileSync(schema, 'utf8'));
  const sql = prepareAll(database);

  function appendEvent(id, version, now, kind, dataKey, payload) {
    const eventId = newId(now);
    const plain = JSON.stringify(payload);
    const { salt, digest } = commitment(plain);
    const leaf = sha256(`\0${eventId}|${id}|${version}|${now}|${kind}|web|citizen|${kConfigHash}|${digest.latin1Slice()}`);
    const { lastInsertRowid } = sql.event.run(eventId, id, version, now, kind, 'web', 'citizen', kConfigHash, digest, leaf);
    sql.payload.run(lastInsertRowid, seal(dataKey, `payload:${id}:${version}`, salt + plain));
  }

  function storeNew({ key, petition, place }, bodyHash, code, now) {
    const id = newId(now);
    const deliveryId = newId(now);
    const trackingToken = token();
    const due = deadlines(now);
    const { key: dataKey, wrapped } = newDataKey('key:' + id);
    const { petitioner, consent, ...text } = petition;

    appendEvent(id, 1, now, 'received', dataKey, { ...text, code, channel: 'web', tracking_token: trackingToken });
    appendEvent(id, 2, now, 'delivery_queued', dataKey, { delivery: deliveryId, ...kDeliveryBody });
    appendEvent(id, 3, now, 'routed', dataKey, { ...place, workflow: 'officer-first', step: 'triage', ...due });
    sql.petition.run(id, code, 3, 'received', 'triage', 'web', petition.category, '', place.unit, '', '', 0, now,
      due.triage, due.total, null, 0, due.triage);
    if (key !== '') sql.inbox.run('key:web:' + key, id, bodyHash);
    sql.person.run(id, wrapped, seal(dataKey, 'person:' + id, JSON.stringify({ petitioner, consent })),
      blindIndex(petitioner.phone));
    sql.task.run('dispatcher', '', due.triage, id, 0, 'triage', '', '');
    sql.timer.run(due.triage, id, 'deadline', 'triage');
    sql.timer.run(due.total, id, 'deadline', 'total');
    sql.delivery.run(deliveryId, id, 'webhook', 'status_update', 'received', 'queued', now, now, 0, '', '');
    return { status: 201, body: JSON.stringify({ code, id, status: 'received', received_at: new Date(now).toISOString(),
      due_at: new Date(due.total).toISOString(), tracking_token: trackingToken }) };
  }

  function storeOne(request, serial, day, now) {
    const bodyHash = sha256(request.body).toString('hex');
    const known = request.key === '' ? undefined : sql.findKey.get('key:web:' + request.key);
    if (known === undefined) return storeNew(request, bodyHash, `${day}${String(serial).padStart(3, '0')}`, now);
    if (known.body_hash !== bodyHash) return { status: 409, body: '{"code":"idempotency.key_reused"}' };
    return { status: 200, body: JSON.stringify({ id: known.petition_id }) };
  }

  function write(batch) {
    const now = Date.now();
    const day = localDay(now);
    database.exec('BEGIN IMMEDIATE');
    try {
      let serial = sql.lastSerial.get(day)?.last ?? 0;
      const answers = [];
      for (const request of batch) {
        const answer = storeOne(request, serial + 1, day, now);
        if (answer.status === 201) ++serial;
        answers.push(answer);
      }
      sql.setSerial.run(day, serial);
      database.exec('COMMIT');
      return answers;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  return { write, close: () => database.close() };
}
