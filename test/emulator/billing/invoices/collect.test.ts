import { describe, expect, test } from 'vitest';
import { NOW } from '../../sdk.ts';
import { dump, refusal } from '../../worlds.ts';
import { DAY, HOUR, payer } from './payer.ts';

const REPLACED = { invoice_settings: { default_payment_method: '' } };

describe('by hand', () => {
  test('a finalised invoice is paid with the customer’s card', async () => {
    const { stripe, finalized, told, time } = await payer();
    const { id } = await finalized([2000]);
    told();
    const paid = await stripe.invoices.pay(id, { expand: ['payments.data.payment.payment_intent'] });
    expect(paid).toMatchObject({
      status: 'paid',
      amount_due: 2000,
      amount_paid: 2000,
      amount_remaining: 0,
      attempt_count: 1,
      attempted: true,
      status_transitions: { paid_at: NOW },
    });
    expect(paid.payments!.data[0]).toMatchObject({
      status: 'paid',
      amount_paid: 2000,
      amount_requested: 2000,
      is_default: true,
      payment: { payment_intent: { status: 'succeeded', amount_received: 2000, description: 'Payment for Invoice' } },
    });
    const types = ['charge.succeeded', 'payment_intent.succeeded', 'invoice.updated', 'invoice.paid'];
    expect(told()).toEqual([...types, 'invoice.payment_succeeded']);
    await time.advance(NOW + 20);
    expect(told()).toEqual(['invoice_payment.paid']);
    expect(await refusal(stripe.invoices.pay(id))).toMatchObject({ message: 'Invoice is already paid' });
  });

  test('what it is drawn on: the parameter, the invoice, the customer’s method, the customer’s card', async () => {
    const open = await payer('pm_card_visa', { source: 'tok_mastercard' });
    const { stripe, customer, draft } = open;
    const amex = await stripe.paymentMethods.attach('pm_card_amex', { customer });
    const discover = await stripe.paymentMethods.attach('pm_card_discover', { customer });
    const brand = async (params: object, how = {}) => {
      const { id } = await draft([2000], params);
      await stripe.invoices.pay(id, how);
      return (await stripe.charges.list({ limit: 1 })).data[0];
    };
    const of = (name: string) => ({ payment_method_details: { card: { brand: name } } });
    const named = { default_payment_method: amex.id };
    expect(await brand(named, { payment_method: discover.id })).toMatchObject(of('discover'));
    expect(await brand(named)).toMatchObject(of('amex'));
    expect(await brand({})).toMatchObject(of('visa'));
    await stripe.customers.update(customer, REPLACED);
    expect(await brand({})).toMatchObject(of('mastercard'));
  });

  test('nothing to draw on is refused, and changes nothing', async () => {
    const open = await payer(null);
    const { id } = await open.finalized([2000]);
    const before = dump(open);
    expect(await refusal(open.stripe.invoices.pay(id))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('no attached payment source or default payment method'),
    });
    expect(dump(open)).toBe(before);
  });

  test('a decline is a 402 and is kept', async () => {
    const { stripe, finalized, retrieve, told } = await payer('pm_card_chargeCustomerFail');
    const { id } = await finalized([2000]);
    told();
    const error = await refusal(stripe.invoices.pay(id));
    expect(error).toMatchObject({ statusCode: 402, type: 'StripeCardError', code: 'card_declined' });
    expect(await retrieve(id)).toMatchObject({
      status: 'open',
      attempted: true,
      attempt_count: 1,
      amount_remaining: 2000,
      next_payment_attempt: null,
    });
    const types = ['charge.failed', 'payment_intent.payment_failed', 'invoice.payment_failed', 'invoice.updated'];
    expect(told()).toEqual(types);
    // Only the first attempt counts; the schedule makes the others.
    await refusal(stripe.invoices.pay(id));
    expect(await retrieve(id)).toMatchObject({ attempt_count: 1 });
    expect(told()).toContain('invoice.payment_failed');
    expect(await stripe.invoices.pay(id, { payment_method: 'pm_card_visa' })).toMatchObject({ status: 'paid' });
  });

  test('3-D Secure: asked for, then paid by the customer', async () => {
    const { stripe, finalized, retrieve, told, act } = await payer('pm_card_authenticationRequired');
    const { id } = await finalized([2000]);
    told();
    expect(await refusal(stripe.invoices.pay(id))).toMatchObject({
      statusCode: 402,
      code: 'invoice_payment_intent_requires_action',
    });
    const asked = ['payment_intent.requires_action', 'invoice.payment_failed', 'invoice.payment_action_required'];
    expect(told()).toEqual([...asked, 'invoice.updated']);
    const { payments } = await stripe.invoices.retrieve(id, { expand: ['payments'] });
    const payment_intent = payments!.data[0]!.payment.payment_intent as string;
    act({ action: 'authenticate', payment_intent, outcome: 'succeed' });
    expect(await retrieve(id)).toMatchObject({ status: 'paid', amount_paid: 2000 });
    const paid = ['charge.succeeded', 'payment_intent.succeeded', 'invoice.updated', 'invoice.paid'];
    expect(told()).toEqual([...paid, 'invoice.payment_succeeded']);
  });

  test('the browser confirms with the secret of the invoice', async () => {
    const { stripe, finalized, retrieve, told } = await payer(null);
    const { id } = await finalized([2000]);
    const { confirmation_secret } = await stripe.invoices.retrieve(id, { expand: ['confirmation_secret'] });
    expect(confirmation_secret).toMatchObject({ type: 'payment_intent' });
    const intent = confirmation_secret!.client_secret.split('_secret_')[0]!;
    told();
    await refusal(stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa_chargeDeclined' }));
    expect(await retrieve(id)).toMatchObject({ status: 'open', attempt_count: 1 });
    expect(told()).toContain('invoice.payment_failed');
    await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' });
    expect(await retrieve(id)).toMatchObject({ status: 'paid' });
    const { data } = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: intent },
    });
    expect(data).toMatchObject([{ invoice: id, status: 'paid' }]);
    expect(await stripe.invoicePayments.list({ invoice: id, status: 'open' })).toMatchObject({ data: [] });
  });
});

describe('by the schedule', () => {
  test('fails, is retried after 1, 3, 5 and 7 days, and then left', async () => {
    const { draft, retrieve, time, told, stripe, customer } = await payer('pm_card_chargeCustomerFail');
    const { id } = await draft([2000], { auto_advance: true });
    const first = NOW + HOUR;
    expect(await retrieve(id)).toMatchObject({ next_payment_attempt: first, automatically_finalizes_at: first });
    told();
    await time.advance(first);
    const attempt = ['charge.failed', 'payment_intent.payment_failed', 'invoice.payment_failed', 'invoice.updated'];
    const finalized = ['invoice.finalized', 'invoice.updated', 'payment_intent.created'];
    expect(told()).toEqual([...finalized, ...attempt, 'customer.updated']);
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ delinquent: true });
    let at = first;
    for (const [i, days] of [1, 3, 5, 7].entries()) {
      at += days * DAY;
      expect(await retrieve(id)).toMatchObject({ attempt_count: i + 1, next_payment_attempt: at });
      await time.advance(at - 1);
      expect(told()).toEqual([]);
      await time.advance(at);
      expect(told()).toEqual(attempt);
    }
    expect(await retrieve(id)).toMatchObject({ attempt_count: 5, next_payment_attempt: null, status: 'open' });
    await time.advance(at + 60 * DAY);
    expect(told()).toEqual([]);
  });

  test('a retry that succeeds settles it all', async () => {
    const { draft, retrieve, time, told, stripe, customer } = await payer('pm_card_chargeCustomerFail');
    const { id } = await draft([2000], { auto_advance: true });
    await time.advance(NOW + HOUR);
    const { id: visa } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: visa } });
    told();
    await time.advance(NOW + HOUR + DAY);
    const paid = ['charge.succeeded', 'payment_intent.succeeded', 'invoice.paid', 'invoice.payment_succeeded'];
    expect(told()).toEqual([...paid, 'customer.updated']);
    expect(await retrieve(id)).toMatchObject({ status: 'paid', attempt_count: 2, next_payment_attempt: null });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ delinquent: false });
  });

  test('the schedule is the account’s to choose', async () => {
    const { draft, retrieve, time, dashboard } = await payer('pm_card_chargeCustomerFail');
    dashboard({ retryAfterDays: [2] });
    const { id } = await draft([2000], { auto_advance: true });
    await time.advance(NOW + HOUR);
    expect(await retrieve(id)).toMatchObject({ next_payment_attempt: NOW + HOUR + 2 * DAY });
    await time.advance(NOW + HOUR + 2 * DAY);
    expect(await retrieve(id)).toMatchObject({ attempt_count: 2, next_payment_attempt: null });
    expect(() => dashboard({ retries: 3 } as never)).toThrow(/no 'retries'/);
  });

  test('with nothing to draw on, the attempt fails without a payment', async () => {
    const { draft, time, told } = await payer(null);
    await draft([2000], { auto_advance: true });
    told();
    await time.advance(NOW + HOUR);
    const failed = ['invoice.payment_failed', 'customer.updated'];
    expect(told()).toEqual(['invoice.finalized', 'invoice.updated', ...failed]);
  });
});

describe('without a payment', () => {
  test('nothing due is paid at once', async () => {
    const { draft, stripe, told } = await payer(null);
    const { id } = await draft([0]);
    told();
    expect(await stripe.invoices.finalizeInvoice(id)).toMatchObject({
      status: 'paid',
      attempted: true,
      attempt_count: 0,
      amount_due: 0,
    });
    const types = ['invoice.finalized', 'invoice.updated', 'invoice.paid', 'invoice.payment_succeeded'];
    expect(told()).toEqual(types);
  });

  test('out of band', async () => {
    const { finalized, stripe, told } = await payer(null);
    const { id } = await finalized([2000]);
    told();
    expect(await stripe.invoices.pay(id, { paid_out_of_band: true })).toMatchObject({
      status: 'paid',
      amount_paid: 2000,
      amount_paid_off_stripe: 2000,
      amount_remaining: 0,
    });
    expect(told()).toEqual(['payment_intent.canceled', 'invoice.updated', 'invoice.paid']);
  });

  test('written off, and paid after all', async () => {
    const { finalized, stripe, told } = await payer();
    const { id } = await finalized([2000]);
    told();
    expect(await stripe.invoices.markUncollectible(id)).toMatchObject({ status: 'uncollectible' });
    expect(told()).toEqual(['invoice.marked_uncollectible', 'invoice.updated']);
    expect(await stripe.invoices.pay(id)).toMatchObject({ status: 'paid', amount_paid: 2000 });
  });
});
