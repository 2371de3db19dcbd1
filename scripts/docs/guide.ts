import { scenarioOf, type Fire } from '../../src/scenarios/index.ts';
import { EVENTS, matches } from '../../src/stripe/index.ts';
import { code, eventLink, WRITTEN } from './page.ts';

/** What somebody sells, the scenarios that come about with it, and the events that their own handlers act on. */
type Business = { title: string; about: string; scenarios: readonly string[] };

const BUSINESSES: Business[] = [
  {
    title: 'One-off payments',
    about: 'You take payments with payment intents: cards, bank debits, sometimes a refund or a dispute.',
    scenarios: [
      'one-off-charge',
      'card-declined',
      'three-d-secure',
      'bank-debit-success',
      'bank-debit-failure',
      'refund',
      'refund-pending-failed',
      'dispute-won',
      'dispute-lost',
    ],
  },
  {
    title: 'Subscriptions',
    about: 'Customers pay by the month or the year; invoices are made and collected by Stripe.',
    scenarios: [
      'subscription-no-trial',
      'subscription-trial',
      'trial-ends-without-card',
      'renewal-succeeds',
      'renewal-fails',
      'smart-retries-cancel',
      'cancel-at-period-end',
      'cancel-now',
      'upgrade-downgrade-proration',
      'pause-collection',
    ],
  },
];

type Reason = { type: string; whys: string[]; scenarios: string[] };

/** `docs/which-events.md`: for each business the events that its scenarios say to handle, why, and the code. */
export function guidePage(): Record<string, string> {
  const parts = BUSINESSES.map((business) => {
    const reasons = reasonsOf(business);
    return [
      `## ${business.title}`,
      business.about,
      `| Handle | Because | Seen in |\n| --- | --- | --- |\n${reasons.map(row).join('\n')}`,
      `<!-- compiles: ${business.title} -->`,
      code('ts', program(reasons)),
      `Everything else that fires on the way says nothing more, or says it twice: ${others(business, reasons)}.`,
    ].join('\n\n');
  });
  return {
    'docs/which-events.md': `${WRITTEN}

# Which events should I handle?

As few as tell you everything that you act on. The tables are made from the [scenarios](scenarios/README.md): an event is here when at
least one of them says to handle it. Let Stripe send you these alone (\`paybell endpoint plan --handlers FILE --url URL\` shows what your
handlers need); all of them are still stored and mirrored when you take more.

Two rules hold for every handler: it may run again, so what it does must be the same when done twice (\`ctx.tx\`,
\`ctx.idempotencyKey\`); and what it reads is what was so at the time of the event: \`ctx.current\` is what is so now.

${parts.join('\n\n')}

${MARKETPLACES}
`,
  };
}

const MARKETPLACES = `## Marketplaces

The local Stripe does not play Connect yet, so this is what the catalogue knows and no run has shown; it follows with Connect.
Events of connected accounts come to a Connect endpoint, with \`account\` set: \`ctx.account\` says whose they are.

| Handle | Because |
| --- | --- |
${[
  ['account.updated', 'Whether the account may take payments and be paid out, and what it still has to show.'],
  ['account.application.deauthorized', 'The account has left: stop acting for it.'],
  ['capability.updated', 'A way to pay or to be paid became available, or no longer is.'],
  ['payout.failed', 'The account’s bank refused its money: ask for other details.'],
  ['transfer.reversed', 'Money came back from a connected account.'],
]
  .map(([type, why]) => `| ${link(type!)} | ${why} |`)
  .join('\n')}`;

/** Every event that some path of today says to handle, in the order in which the scenarios tell them. */
function reasonsOf({ scenarios }: Business): Reason[] {
  const found = new Map<string, Reason>();
  for (const id of scenarios)
    for (const { type, why } of firesOf(id).filter((fire) => fire.do === 'handle')) {
      const reason = found.get(type) ?? { type, whys: [], scenarios: [] };
      found.set(type, reason);
      if (!reason.whys.includes(why)) reason.whys.push(why);
      if (!reason.scenarios.includes(id)) reason.scenarios.push(id);
    }
  return [...found.values()];
}

/** What fires by today's API, variants included. */
const firesOf = (id: string): Fire[] =>
  Object.entries(scenarioOf(id).paths)
    .filter(([name]) => name !== 'classic')
    .flatMap(([, { fires }]) => fires);

const row = ({ type, whys, scenarios }: Reason) =>
  `| ${link(type)} | ${whys.join('<br>')} | ${scenarios.map((id) => `[${id}](scenarios/${id}.md)`).join(', ')} |`;

function link(type: string): string {
  return eventLink(type, EVENTS[type as keyof typeof EVENTS].area, 'docs');
}

function others({ scenarios }: Business, reasons: Reason[]): string {
  const handled = new Set(reasons.map(({ type }) => type));
  const rest = new Set(
    scenarios.flatMap((id) => firesOf(id).map(({ type }) => type)).filter((type) => !handled.has(type)),
  );
  return [...rest].toSorted().map(link).join(', ');
}

/** What a handler of an object looks at: its fields that say what to do. */
const LOOKS: [pattern: string, line: string][] = [
  ['payment_intent.payment_failed', 'console.log(object.id, object.last_payment_error?.message);'],
  ['payment_intent.*', 'console.log(object.id, object.amount_received, object.metadata);'],
  ['charge.dispute.*', 'console.log(object.id, object.reason, object.amount, object.evidence_details.due_by);'],
  ['charge.refunded', 'console.log(object.id, object.amount_refunded, object.refunded);'],
  ['customer.subscription.*', 'console.log(object.id, object.status, object.cancel_at_period_end);'],
  ['invoice.payment_failed', 'console.log(object.id, object.attempt_count, object.next_payment_attempt);'],
  ['invoice.*', 'console.log(object.id, object.amount_paid, object.lines.data.length);'],
  ['refund.*', 'console.log(object.id, object.status, object.failure_reason);'],
];

function program(reasons: Reason[]): string {
  const handlers = reasons.map(({ type, whys }) => {
    const line = LOOKS.find(([pattern]) => matches(pattern, type))?.[1] ?? 'console.log(object.object);';
    const why = whys.map((each) => `// ${each}`).join('\n');
    return `${why}\nreceiver.on('${type}', async ({ object }) => {\n  ${line}\n});`;
  });
  return `import { createReceiver } from 'paybell';
import { createSqliteStore } from 'paybell/sqlite';

const receiver = createReceiver({
  store: createSqliteStore({ path: 'app.db' }),
  secrets: process.env.STRIPE_WEBHOOK_SECRET!,
});

${handlers.join('\n\n')}`;
}
