import type { ReconciledAccount } from '../../receiver/index.ts';
import { API_OPTIONS, keyMode, needApiClient } from '../api-client.ts';
import { commandReceiver } from '../command-receiver.ts';
import { defineCommand, type Output } from '../define.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';
import { secondsShown } from '../times.ts';
import { stopSignal } from '../until-stopped.ts';

export const reconcile = defineCommand({
  name: 'reconcile',
  about: 'Ask Stripe for events that never came, and store them for your server or worker to handle.',
  options: [
    STORE_OPTION,
    ...API_OPTIONS,
    { flags: '--account <id>', about: 'this connected account too, if no event of it ever came', many: true },
  ],
  async run({ options, out }) {
    await needApiClient(options);
    await using store = await openStore(options, { to: 'use' });
    // Without handlers, so it must not work: what it finished would be finished without them.
    await using receiver = await commandReceiver({ ...options, handlers: undefined }, store);
    const accounts = options['account'] as string[];
    const report = await receiver.reconcile({ accounts, livemode: keyMode(options), signal: stopSignal() });
    for (const account of report.accounts) print(out, account);
    out.data(report);
    return report.complete ? 0 : 1;
  },
});

function print(
  out: Output,
  { account, listed, new: found, ignored, from, to, gap, skipped, error }: ReconciledAccount,
): void {
  const name = account || 'platform';
  if (skipped) return out.line(`${name}  skipped: it withdrew its access`);
  const more = ignored ? `, ${ignored} that no endpoint takes` : '';
  out.line(`${name}  ${found} new of ${listed}${more}  (${secondsShown(from)} – ${secondsShown(to)} UTC)`);
  if (gap)
    out.line(
      `  ! Stripe no longer lists what happened from ${secondsShown(gap.from)} to ${secondsShown(gap.to)} UTC; \`paybell backfill\` brings the objects as they are now`,
    );
  if (error) out.line(`  ! not completed: ${error}`);
}
