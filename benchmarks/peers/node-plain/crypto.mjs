// Sealing and hashing as the hub does it, at the speed node:crypto allows: random bytes come from a pool, hashes by the
// one-shot call, keys are KeyObjects (a Buffer as key makes createCipheriv and createHmac 10 microseconds slower).

import { createCipheriv, createHmac, createSecretKey, hash, randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(64 * 1024);
let used = pool.length;

export function randomBytes(count) {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + count));
  used += count;
  return bytes;
}

const hubKey = createSecretKey(randomBytes(32));
const indexKey = createSecretKey(randomBytes(32));

// A fresh data key, and its form wrapped under the hub's key.
export function newDataKey(context) {
  const bytes = randomBytes(32);
  return { key: createSecretKey(bytes), wrapped: seal(hubKey, context, bytes) };
}

// nonce (12) | ciphertext | tag (16), AES-256-GCM.
export function seal(key, context, plain) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  const body = cipher.update(plain, 'utf8');
  cipher.final();
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

// Hex and back: the 'buffer' form of hash() takes twice as long.
export function sha256(text) {
  return Buffer.from(hash('sha256', text, 'hex'), 'hex');
}

// A salted commitment: the journal's hashes still verify after the payload's key was destroyed.
export function commitment(plain) {
  const salt = randomBytes(16).toString('base64url');
  return { salt, digest: sha256(salt + plain) };
}

export function blindIndex(value) {
  return createHmac('sha256', indexKey).update(value).digest('hex').slice(0, 32);
}

export function token() {
  return randomBytes(18).toString('base64url');
}

// UUIDv7: 48 bits of milliseconds, then random.
export function newId(now) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
