import { expect, test } from 'vitest';
import { start } from './sdk.ts';

/** Whether a value and everything in it is frozen. */
const isFrozen = (value: unknown): boolean =>
  Object.isFrozen(value) && (typeof value !== 'object' || value === null || Object.values(value).every(isFrozen));

test('in tests nothing changes an object in place; elsewhere it would only cost time', async () => {
  for (const freeze of [true, false]) {
    const { stripe, world } = start({ freeze });
    const { id } = await stripe.customers.create({ metadata: { a: 'b' } });
    await stripe.customers.update(id, { metadata: { a: 'c' } });
    expect(isFrozen(world.tables.of('', 'customer').get(id)!.object)).toBe(freeze);
  }
});
