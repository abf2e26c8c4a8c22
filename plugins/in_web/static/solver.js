// Looks for the proof of work of a form: a number so that SHA-256 of "<challenge>:<number>" begins with so many zero
// bits. Runs as a worker, so that typing stays smooth. SHA-256 is written out here because the browser's own answers
// asynchronously, which is many times slower for millions of short texts, and is missing on plain http.
'use strict';

const K = new Int32Array(64);
const START = new Int32Array(8);
(() => {
  // Fractions of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3).
  const fraction = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
  let found = 0;
  for (let n = 2; found < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(n));
    K[found++] = fraction(Math.cbrt(n));
  }
})();

const W = new Int32Array(64);

// One block of 64 bytes at `at` into `state`.
function compress(state, bytes, at) {
  for (let i = 0; i < 16; i++) {
    const b = at + i * 4;
    W[i] = (bytes[b] << 24) | (bytes[b + 1] << 16) | (bytes[b + 2] << 8) | bytes[b + 3];
  }
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15], y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

const ascii = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

// Zero bits at the beginning, of at most 64.
function zeroBits(state) {
  const first = Math.clz32(state[0]);
  return first < 32 ? first : 32 + Math.clz32(state[1]);
}

function solve(challenge, bits) {
  const prefix = ascii(challenge + ':');
  const whole = prefix.length - prefix.length % 64;  // Blocks that no number changes are done once.
  const middle = START.slice();
  for (let at = 0; at < whole; at += 64) compress(middle, prefix, at);
  const rest = prefix.subarray(whole);
  const state = new Int32Array(8);
  const blocks = new Uint8Array(128);
  for (let number = 0; ; number++) {
    const digits = String(number);
    const length = rest.length + digits.length;
    const end = length + 9 <= 64 ? 64 : 128;
    blocks.fill(0);
    blocks.set(rest);
    for (let i = 0; i < digits.length; i++) blocks[rest.length + i] = digits.charCodeAt(i);
    blocks[length] = 0x80;
    const total = (whole + length) * 8;
    blocks[end - 4] = total >>> 24; blocks[end - 3] = total >>> 16; blocks[end - 2] = total >>> 8; blocks[end - 1] = total;
    state.set(middle);
    for (let at = 0; at < end; at += 64) compress(state, blocks, at);
    if (zeroBits(state) >= bits) return digits;
  }
}

if (typeof self !== 'undefined' && typeof module === 'undefined')
  self.onmessage = (message) => self.postMessage(solve(message.data.challenge, message.data.bits));
if (typeof module !== 'undefined') module.exports = { solve };
