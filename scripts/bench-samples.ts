// Writes bench/samples.json: one event of each type a bench sends, from a run of the emulator.
import { writeFileSync } from 'node:fs';
import { createEmulator } from '../src/emulator/index.ts';
import { connect } from '../src/scenarios/index.ts';

const emulator = createEmulator({ seed: 'bench', frozenAt: 1_768_471_200 });
const stripe = await connect(emulator.fetch, 'sk_test_bench');
const customer = await stripe.customers.create({
  email: 'jenny.rosen@example.com',
  name: 'Jenny Rosen',
  source: 'tok_visa',
  address: { line1: '510 Townsend St', city: 'San Francisco', state: 'CA', postal_code: '94103', country: 'US' },
});
await stripe.charges.create({
  amount: 2000,
  currency: 'usd',
  customer: customer.id,
  description: 'Order 6735',
  metadata: { order: '6735', plan: 'gold' },
});
await stripe.customers.update(customer.id, { description: 'Gold since 2026' });
const events = emulator.open('bench').world.log.all.map(({ event }) => event);
const samples = ['charge.succeeded', 'customer.updated'].map((type) => events.find((event) => event.type === type)!);
writeFileSync(new URL('../bench/samples.json', import.meta.url), `${JSON.stringify(samples, null, 1)}\n`);
console.log(samples.map((event) => `${event.type} ${JSON.stringify(event, null, 2).length} bytes`).join('\n'));
