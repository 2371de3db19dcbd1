import { NOW, type start } from '../sdk.ts';
import { CLOCK_FLOWS } from './clock-flows.ts';
import { BANK_FLOWS } from './bank-flows.ts';
import { CATALOGUE_FLOWS } from './catalogue-flows.ts';
import { INVOICE_FLOWS } from './invoice-flows.ts';
import { PLAN_FLOWS } from './plan-flows.ts';
import { SUBSCRIPTION_FLOWS } from './subscription-flows.ts';

const DAY = 24 * 60 * 60;
const card = { amount: 2000, currency: 'usd' } as const;
type Open = ReturnType<typeof start>;
const declines = (call: Promise<unknown>) => call.catch(() => undefined);

/** Everything that has behaviour, once: between them they fire every event it can fire. */
export const FLOWS: Record<string, (open: Open) => Promise<unknown>> = {
  ...CLOCK_FLOWS,
  ...BANK_FLOWS,
  ...CATALOGUE_FLOWS,
  ...INVOICE_FLOWS,
  ...SUBSCRIPTION_FLOWS,
  ...PLAN_FLOWS,
  async customers({ stripe }) {
    const address = { line1: '1 Main Street', city: 'Springfield', country: 'US' };
    const { id } = await stripe.customers.create({
      name: 'Jenny',
      email: 'jenny@example.com',
      address,
      shipping: { name: 'Jenny', address },
      source: 'tok_visa',
      metadata: { order: '6735' },
    });
    const card = await stripe.customers.createSource(id, { source: 'tok_mastercard' });
    await stripe.customers.updateSource(id, card.id, { name: 'Jenny Rosen' } as never);
    await stripe.customers.update(id, { phone: '5551234', metadata: { order: '' } });
    await stripe.customers.deleteSource(id, card.id);
    await stripe.customers.del(id);
  },
  async methods({ stripe }) {
    const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_amex' });
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.paymentMethods.update(method.id, { billing_details: { name: 'Jenny' } });
    await stripe.paymentMethods.detach(method.id);
  },
  async charges({ stripe, time }) {
    const { id } = await stripe.charges.create({ ...card, source: 'tok_visa' });
    await stripe.charges.update(id, { description: 'Order 6735', metadata: { a: '1' } });
    await stripe.refunds.create({ charge: id, amount: 500 });
    await declines(stripe.charges.create({ ...card, source: 'tok_chargeDeclined' }));
    await declines(stripe.charges.create({ ...card, source: 'tok_radarBlock' }));
    const held = await stripe.charges.create({ ...card, source: 'tok_visa', capture: false });
    await stripe.charges.capture(held.id, { amount: 1500 });
    await stripe.charges.create({ ...card, source: 'tok_visa', capture: false });
    await time.advance(NOW + 8 * DAY);
  },
  async intents({ stripe, time, act }) {
    const pay = (payment_method: string, more = {}) =>
      stripe.paymentIntents.create({ ...card, payment_method, confirm: true, ...more });
    await pay('pm_card_visa');
    await declines(pay('pm_card_visa_chargeDeclined'));
    const held = await pay('pm_card_visa', { capture_method: 'manual' });
    await stripe.paymentIntents.capture(held.id);
    const { id } = await stripe.paymentIntents.create(card);
    await stripe.paymentIntents.update(id, { description: 'x', shipping: { name: 'J', address: { line1: 'x' } } });
    await stripe.paymentIntents.cancel(id);
    for (const outcome of ['succeed', 'fail']) {
      const asked = await pay('pm_card_authenticationRequired', { return_url: 'https://example.com' });
      act({ action: 'authenticate', payment_intent: asked.id, outcome });
    }
    await time.advance(NOW + 60);
  },
  async refunds({ stripe, time }) {
    for (const source of ['tok_pendingRefund', 'tok_refundFail', 'tok_visa']) {
      const { id } = await stripe.charges.create({ ...card, source });
      const refund = await stripe.refunds.create({ charge: id });
      await stripe.refunds.update(refund.id, { metadata: { a: '1' } });
    }
    await time.advance(NOW + 60);
  },
  async disputes({ stripe, time }) {
    const texts = ['winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence'];
    for (const source of ['tok_createDispute', 'tok_createDisputeProductNotReceived', 'tok_createDisputeInquiry'])
      await stripe.charges.create({ ...card, source });
    await time.advance(NOW + 60);
    for (const [i, { id }] of (await stripe.disputes.list()).data.toReversed().entries())
      await stripe.disputes.update(id, { evidence: { uncategorized_text: texts[i]! } });
    await time.advance(NOW + 30 * DAY);
  },
  async warnings({ stripe, time }) {
    const { id } = await stripe.charges.create({ ...card, source: 'tok_createIssuerFraudRecord' });
    await time.advance(NOW + 60);
    await stripe.refunds.create({ charge: id });
  },
  async sources({ stripe }) {
    const source = await stripe.sources.create({ type: 'card', token: 'tok_visa' });
    await stripe.charges.create({ ...card, source: source.id });
    await stripe.tokens.retrieve('tok_visa');
  },
};
