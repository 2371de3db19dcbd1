import type { JsonObject } from '../base/json.ts';
import type { CustomerMade, NewCustomer, TimeState } from './api/types.ts';
import type { StripeClient } from './stripe-client.ts';

/** How many customers are shown, the newest first, and how many subscriptions of each. */
const SHOWN = 20;
const SUBSCRIPTIONS = 10;

const CARDS: Record<NewCustomer['card'], string> = {
  good: 'pm_card_visa',
  declines_later: 'pm_card_chargeCustomerFail',
  needs_authentication: 'pm_card_authenticationRequired',
};

type List = { data: JsonObject[] };

/** The newest customers of the world, with their subscriptions. */
export async function customersOf(stripe: StripeClient): Promise<TimeState['customers']> {
  const { data } = (await stripe.get('customers', { limit: SHOWN })) as List;
  const shown: TimeState['customers'] = [];
  for (const { id, name, email } of data) {
    const list = await stripe.get('subscriptions', { customer: id, status: 'all', limit: SUBSCRIPTIONS });
    shown.push({
      id: id as string,
      name: name as string | null,
      email: email as string | null,
      subscriptions: (list as List).data.map(shownSubscription),
    });
  }
  return shown;
}

type Item = { current_period_end: number; price: Price };
type Price = { unit_amount: number | null; currency: string; recurring: { interval: string } | null };

function shownSubscription({ id, status, items }: JsonObject): TimeState['customers'][number]['subscriptions'][number] {
  const [first] = (items as unknown as { data: Item[] }).data;
  const periodEnd = first?.current_period_end ?? 0;
  return { id: id as string, status: status as string, price: first ? priceWords(first.price) : '', periodEnd };
}

/** `$20.00 a month`. */
function priceWords({ unit_amount: amount, currency, recurring }: Price): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const money = amount === null ? `by usage, ${currency}` : format.format(amount / 10 ** digits);
  return recurring ? `${money} a ${recurring.interval}` : money;
}

/** Makes a customer with a test card, and subscribes it: with the calls that anybody would make. */
export async function makeCustomer(stripe: StripeClient, { name, card, plan }: NewCustomer): Promise<CustomerMade> {
  const { id } = (await stripe.post('customers', { name })) as { id: string };
  // What is due at once is paid: the card that fails takes its place afterwards.
  const later = card === 'declines_later' && plan !== undefined;
  await useCard(stripe, id, later ? CARDS.good : CARDS[card]);
  const subscription = plan ? await subscribe(stripe, id, plan) : null;
  if (later) await useCard(stripe, id, CARDS.declines_later);
  return { id, subscription };
}

async function useCard(stripe: StripeClient, customer: string, card: string): Promise<void> {
  const { id } = await stripe.post(`payment_methods/${card}/attach`, { customer });
  await stripe.post(`customers/${customer}`, { invoice_settings: { default_payment_method: id } });
}

async function subscribe(stripe: StripeClient, customer: string, plan: NonNullable<NewCustomer['plan']>) {
  const { trialDays } = plan;
  const subscription = await stripe.post('subscriptions', {
    customer,
    items: [{ price: await priceFor(stripe, plan) }],
    ...(trialDays > 0 && { trial_period_days: trialDays }),
  });
  return { id: subscription['id'] as string, status: subscription['status'] as string };
}

/** One price for each interval and amount: found by its lookup key, or made. */
async function priceFor(stripe: StripeClient, { interval, amount }: NonNullable<NewCustomer['plan']>): Promise<string> {
  const key = `paybell_console_${interval}_${amount}`;
  const [found] = ((await stripe.get('prices', { lookup_keys: [key], limit: 1 })) as List).data;
  const price =
    found ??
    (await stripe.post('prices', {
      currency: 'usd',
      unit_amount: amount,
      recurring: { interval },
      lookup_key: key,
      product_data: { name: interval === 'month' ? 'Monthly plan' : 'Yearly plan' },
    }));
  return price['id'] as string;
}
