import { expect, test } from 'vitest';
import { parse } from '../../src/receiver/payload.ts';
import { aCharge, anEvent, delivery } from './events.ts';
import { setUp } from './set-up.ts';

const nested = (depth: number, open = '[', close = ']'): Buffer =>
  Buffer.from(open.repeat(depth) + '1' + close.repeat(depth));

test('a body is read down to a depth of 500, and not at all when it is deeper', () => {
  expect(JSON.stringify(parse(nested(500)))).toBe(String(nested(500)));
  expect(parse(nested(501))).toBeUndefined();
  expect(parse(nested(501, '{"a":', '}'))).toBeUndefined();
  // As deep as a body of the largest size can be.
  expect(parse(nested(500_000))).toBeUndefined();
});

test('many brackets side by side, or in strings, are no depth', () => {
  const flat = Array.from({ length: 2_000 }, (_, i) => ({ i, text: `${'[{'.repeat(9)}"\\` }));
  expect(parse(Buffer.from(JSON.stringify(flat)))).toEqual(flat);
});

// Found by the fuzzer: the mirror could not be written, and the object was stuck for good.
test.for([1.5, 1e300, '9', null])('an event created at %s is worked on like any other', async (created) => {
  const { receiver, states } = setUp({ mirror: 'later' });
  const odd = { ...anEvent({ id: 'evt_1', object: aCharge({ id: 'ch_1' }) }), created };
  for (const event of [odd, anEvent({ id: 'evt_2', object: aCharge({ id: 'ch_1' }) })])
    expect((await receiver.fetch(delivery(event))).status).toBe(200);
  await receiver.drain();
  expect(await states()).toEqual({ evt_1: 'done', evt_2: 'done' });
});
