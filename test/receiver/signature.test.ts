import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import {
  parseSignatureHeader,
  signatureHeader,
  signatureOf,
  signingKey,
  verifySignature,
  type SignatureProblem,
} from '../../src/stripe/signature.ts';

// The vectors of facts/delivery.json, made with stripe-node 23.1.0.
const SECRET = 'whsec_test_vector_secret';
const OLD_SECRET = 'whsec_test_vector_old_secret';
const PAYLOAD = Buffer.from('{"id":"evt_test","object":"event","type":"charge.succeeded"}');
const T = 1_700_000_000;
const V1 = '3535775404637485082f468752be96ee85dab4fef0ce90b1e875fe51154856f0';
const OLD_V1 = '9262508c4bfff3babdc566f2f34226058bcaac27601d11e7b36c2af93d5b3b8d';
const V0 = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';

const verify = (header: string | null, { secrets = [SECRET], now = T, payload = PAYLOAD } = {}) =>
  verifySignature(payload, header, secrets.map(signingKey), { now });

test('the recorded vectors verify, and ours are the same', () => {
  expect(signatureHeader(PAYLOAD, [SECRET], T)).toBe(`t=${T},v1=${V1}`);
  expect(signatureHeader(PAYLOAD, [OLD_SECRET, SECRET], T)).toBe(`t=${T},v1=${OLD_V1},v1=${V1}`);
  expect(verify(`t=${T},v1=${V1}`)).toBe(0);
  expect(verify(`t=${T},v1=${V1},v0=${V0}`)).toBe(0);
});

test('while a secret is rolled either of them matches, and it is told which', () => {
  const rotated = `t=${T},v1=${OLD_V1},v1=${V1}`;
  expect(verify(rotated)).toBe(0);
  expect(verify(rotated, { secrets: [OLD_SECRET] })).toBe(0);
  expect(verify(`t=${T},v1=${V1}`, { secrets: [OLD_SECRET, SECRET] })).toBe(1);
});

test.each<[string, string | null, SignatureProblem]>([
  ['no header', null, 'header_missing'],
  ['an empty header', '', 'header_missing'],
  ['no time', `v1=${V1}`, 'header_malformed'],
  ['two times', `t=${T},t=${T},v1=${V1}`, 'header_malformed'],
  ['a time that is no number', `t=soon,v1=${V1}`, 'header_malformed'],
  ['a negative time', `t=-1,v1=${V1}`, 'header_malformed'],
  ['a huge header', `t=${T},v1=${V1},${'x'.repeat(5000)}`, 'header_malformed'],
  ['a hundred signatures', `t=${T}${`,v1=${OLD_V1}`.repeat(55)}`, 'header_malformed'],
  ['only the dummy scheme', `t=${T},v0=${V0}`, 'no_v1'],
  ['v0 with the bytes of v1', `t=${T},v0=${V1}`, 'no_v1'],
  ['a signature that is no hex', `t=${T},v1=${'z'.repeat(64)}`, 'no_v1'],
  ['a short signature', `t=${T},v1=${V1.slice(0, 62)}`, 'no_v1'],
  ['another secret’s signature', `t=${T},v1=${OLD_V1}`, 'no_match'],
  ['another time’s signature', `t=${T + 1},v1=${V1}`, 'no_match'],
])('%s is refused by name', (_, header, problem) => {
  expect(verify(header)).toBe(problem);
});

test('a signature is good for 300 seconds in both directions', () => {
  const header = `t=${T},v1=${V1}`;
  expect(verify(header, { now: T + 300 })).toBe(0);
  expect(verify(header, { now: T + 301 })).toBe('timestamp_too_old');
  expect(verify(header, { now: T - 300 })).toBe(0);
  expect(verify(header, { now: T - 301 })).toBe('timestamp_in_future');
  // A wrong secret is the truer reason.
  expect(verify(header, { now: T + 301, secrets: [OLD_SECRET] })).toBe('no_match');
});

test('spaces and upper-case hex mean the same', () => {
  expect(parseSignatureHeader(` t = ${T} , v1 = ${V1.toUpperCase()} `)).toEqual({
    timestamp: T,
    v1: [Buffer.from(V1, 'hex')],
  });
});

test('any changed byte is noticed', () => {
  const body = readFileSync(import.meta.filename).subarray(0, 600);
  const header = signatureHeader(body, [SECRET], T);
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const changed = Buffer.from(body);
      changed[at] = changed[at]! ^ by;
      expect(verify(header, { payload: changed })).toBe('no_match');
    }),
    { seed: 1 },
  );
});

test('a signature is the HMAC of its text, for keys and bodies of any length', () => {
  const key = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' });
  const lengths = fc.oneof(fc.nat(300), fc.integer({ min: 65_400, max: 65_700 }));
  fc.assert(
    fc.property(key, lengths, fc.nat(255), fc.nat(4_000_000_000), (secret, length, byte, timestamp) => {
      const payload = Buffer.alloc(length, byte);
      const expected = createHmac('sha256', Buffer.from(secret)).update(`${timestamp}.`).update(payload).digest('hex');
      const prepared = signingKey(secret);
      expect(signatureOf(payload, prepared, timestamp).toString('hex')).toBe(expected);
      // The same key again: what it was prepared to must not have been written over.
      expect(signatureOf(payload, prepared, timestamp).toString('hex')).toBe(expected);
    }),
  );
});

test('the official SDK accepts what we sign', () => {
  const stripe = new Stripe('sk_test_offline');
  const now = Math.floor(Date.now() / 1000);
  const event = stripe.webhooks.constructEvent(PAYLOAD, signatureHeader(PAYLOAD, [OLD_SECRET, SECRET], now), SECRET);
  expect(event.id).toBe('evt_test');
});
