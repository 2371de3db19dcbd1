import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from './serve.ts';

// The peer, as its README shows it: verify, upsert, answer. It stores no event. Behind plain node:http, which is faster
// than the Fastify application it ships.
const [url, secret, modules] = process.argv.slice(2);
type Engine = { processWebhook(payload: Buffer, signature: string | undefined): Promise<void> };
const { StripeSync, runMigrations } = createRequire(join(modules!, 'x.cjs'))('@supabase/stripe-sync-engine') as {
  StripeSync: new (config: object) => Engine;
  runMigrations(config: object): Promise<void>;
};
await runMigrations({ databaseUrl: url, schema: 'stripe' });
const engine = new StripeSync({
  schema: 'stripe',
  stripeSecretKey: 'sk_test_bench1234567890',
  stripeWebhookSecret: secret,
  poolConfig: { connectionString: url, max: 10 },
});
let failed = 0;
serve(
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      try {
        await engine.processWebhook(Buffer.concat(chunks), String(request.headers['stripe-signature']));
        response.writeHead(200, { 'content-length': 2 }).end('{}');
      } catch (error) {
        if (failed++ === 0) console.error(error);
        response.writeHead(400, { 'content-length': 2 }).end('{}');
      }
    });
  },
  { counts: () => ({ failed }) },
);
