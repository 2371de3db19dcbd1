// Writes bench/samples.json: one event of each type a bench sends, from a run of the emulator.
import { writeFileSync } from 'node:fs';
import { createEmulator } from '../src/emulator/index.ts';
import { fill } from '../src/emulator/shapes/fill.ts';
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
// Invoices have no behaviour yet: this one is laid out from its declared shape, of the size a real one has.
const line = fill(
  'line_item',
  {
    id: 'il_1PaybellBenchLine000000',
    object: 'line_item',
    amount: 2000,
    currency: 'usd',
    description: '1 × Gold (at $20.00 / month)',
    period: { end: 1_771_149_600, start: 1_768_471_200 },
    quantity: 1,
  },
  () => {},
);
const invoice = fill(
  'invoice',
  {
    id: 'in_1PaybellBenchInvoice000',
    object: 'invoice',
    amount_due: 2000,
    amount_paid: 2000,
    billing_reason: 'subscription_cycle',
    collection_method: 'charge_automatically',
    created: 1_768_471_200,
    currency: 'usd',
    customer: customer.id,
    customer_email: 'jenny.rosen@example.com',
    lines: {
      object: 'list',
      data: [line, { ...line, id: 'il_1PaybellBenchLine000001' }],
      has_more: false,
      url: '/v1/invoices/in_1PaybellBenchInvoice000/lines',
    },
    number: 'F4QV5CV9-0001',
    status: 'paid',
    subtotal: 2000,
    total: 2000,
  },
  () => {},
);
samples.push({ ...samples[0]!, id: 'evt_1PaybellBenchInvoicePaid', type: 'invoice.paid', data: { object: invoice } });
writeFileSync(new URL('../bench/samples.json', import.meta.url), `${JSON.stringify(samples, null, 1)}\n`);
console.log(samples.map((event) => `${event.type} ${JSON.stringify(event, null, 2).length} bytes`).join('\n'));
