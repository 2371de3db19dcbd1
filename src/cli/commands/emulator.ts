import { createEmulator, listen } from '../../emulator/index.ts';
import { defineCommand, portOption, UsageError } from '../define.ts';
import { untilStopped } from '../until-stopped.ts';

export const emulator = defineCommand({
  name: 'emulator',
  about: 'Run the local Stripe alone.',
  options: [
    { flags: '--port <port>', about: 'where it listens on 127.0.0.1', default: '12111' },
    { flags: '--webhook <url>', about: 'send every event of every world to this endpoint' },
    { flags: '--secret <whsec>', about: 'sign what goes to --webhook with this secret' },
    { flags: '--allow <host>', about: 'let deliveries go to this host as well (host:port)', many: true },
    { flags: '--seed <text>', about: 'repeat the same ids from run to run' },
    {
      flags: '--snapshots <folder>',
      about: 'keep snapshots in files below this folder, so that they outlive the process',
    },
    { flags: '--no-check', about: 'do not check answers and events against their declared shapes' },
  ],
  async run({ options, out }) {
    const url = options['webhook'] as string | undefined;
    const secret = options['secret'] as string | undefined;
    if (Boolean(url) !== Boolean(secret)) throw new UsageError('--webhook and --secret belong together.');
    await using stripe = createEmulator({
      ...(url && { webhooks: [{ url, secret: secret! }] }),
      ...(options['seed'] !== undefined && { seed: String(options['seed']) }),
      ...(options['snapshots'] !== undefined && { snapshotFolder: String(options['snapshots']) }),
      allow: options['allow'] as string[],
      check: options['check'] !== false,
    });
    await using server = await listen(stripe, { port: portOption(options, 'port') });
    const stopped = untilStopped();
    out.line(`Local Stripe  ${server.url}   (any key that begins with sk_test_)`);
    if (url) out.line(`Webhooks to   ${url}`);
    out.data({ url: server.url, webhook: url ?? null });
    await stopped;
  },
});
