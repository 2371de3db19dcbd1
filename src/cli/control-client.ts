import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PaybellError } from '../base/errors.ts';
import { UsageError, type Invocation, type OptionSpec } from './define.ts';
import { devSettings } from './dev-settings.ts';
import { DEV_FOLDER } from './open-store.ts';

/** Options of every command that steers a local Stripe. */
export const CONTROL_OPTIONS: OptionSpec[] = [
  { flags: '--url <url>', about: 'where the local Stripe listens', default: 'http://127.0.0.1:12111' },
  { flags: '--key <key>', about: 'whose world (default: the key that `paybell dev` printed in this folder)' },
];

/** Calls a control route (`GET /clock`) of a local Stripe. Throws what it refuses with, in its own words. */
export type ControlClient = <Answer>(route: string, body?: object) => Promise<Answer>;

export function controlClient(options: Invocation['options']): ControlClient {
  const url = String(options['url']);
  if (!URL.canParse(url)) throw new UsageError(`--url takes an address, not '${url}'.`);
  const key = (options['key'] as string | undefined) ?? devKey();
  return async (route, body) => {
    const [method, path] = route.split(' ') as [string, string];
    const response = await fetch(new URL(`/_paybell${path}`, url), {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new PaybellError('unreachable', `Nothing at ${url}: start one with paybell dev or paybell emulator.`, {
        cause: error,
      });
    });
    const answer = (await response.json().catch(() => ({}))) as { error?: { message: string } };
    if (!response.ok) throw new Error(answer.error?.message ?? `${url} answered ${response.status}: no local Stripe.`);
    return answer as never;
  };
}

/** The key that `paybell dev` printed in this folder. */
export function devKey(): string {
  if (existsSync(join(DEV_FOLDER, 'settings.json'))) return devSettings(DEV_FOLDER).key;
  throw new UsageError('Say whose world: --key sk_test_….');
}
