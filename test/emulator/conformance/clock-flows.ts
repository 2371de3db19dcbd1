import { NOW, type start } from '../sdk.ts';

type Open = ReturnType<typeof start>;

/** A test clock from its beginning to its end, with a customer on it. */
export const CLOCK_FLOWS: Record<string, (open: Open) => Promise<unknown>> = {
  async 'a test clock'({ stripe, settled }) {
    const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: NOW, name: 'A year' });
    await stripe.customers.create({ test_clock: id, email: 'jenny@example.com' });
    await stripe.testHelpers.testClocks.advance(id, { frozen_time: NOW + 86_400 });
    await settled();
    await stripe.testHelpers.testClocks.del(id);
  },
};
