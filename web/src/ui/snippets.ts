import type { JsonObject } from '../../../src/base/json.ts';

type SomeEvent = JsonObject & { type: string };

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** The event as JSON. */
export const asJson = pretty;

/** A shell script that signs the event and sends it to a webhook endpoint. */
export function asCurl(event: SomeEvent, url: string): string {
  const body = JSON.stringify(event).replaceAll("'", "'\\''");
  return [
    `# STRIPE_WEBHOOK_SECRET is the endpoint's secret: whsec_…`,
    `body='${body}'`,
    't=$(date +%s)',
    `signature=$(printf '%s.%s' "$t" "$body" | openssl dgst -sha256 -hmac "$STRIPE_WEBHOOK_SECRET" | sed 's/^.*= *//')`,
    `curl ${url} \\`,
    `  -H 'content-type: application/json' \\`,
    '  -H "stripe-signature: t=$t,v1=$signature" \\',
    '  --data-binary "$body"',
    '',
  ].join('\n');
}

/** A test that sends the event to a receiver. */
export function asFixture(event: SomeEvent): string {
  return `import { test } from 'node:test';
import { signedRequest } from 'paybell/testing';
import { receiver } from './receiver.ts'; // yours

const event = ${pretty(event)};

test('${event.type} is handled', async () => {
  const answer = await receiver.fetch(signedRequest(event, { secret: process.env.STRIPE_WEBHOOK_SECRET! }));
  if (answer.status !== 200) throw new Error(await answer.text());
  await receiver.drain();
  // What should be so now?
});
`;
}

/** A handler for events of this type. */
export function asHandler(event: SomeEvent, why?: string): string {
  const object = (event['data'] as { object?: { object?: string } } | undefined)?.object?.object;
  const name = object
    ? (object.split('.').pop() ?? 'object').replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    : 'data';
  return `${why ? `// ${why}\n` : ''}receiver.on('${event.type}', async ({ object: ${name}, idempotencyKey }) => {
  // It may run again after a failure: make what it does the same when done twice (ctx.tx, idempotencyKey).
});
`;
}
