import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError, type Invocation } from './define.ts';
import { devSettings } from './dev-settings.ts';
import { DEV_FOLDER } from './open-store.ts';

/** What to sign with: `--secret`, else the secret of `paybell dev` in this folder. */
export function secretOf(options: Invocation['options']): string {
  const given = options['secret'] as string | undefined;
  if (given !== undefined && !given.startsWith('whsec_')) throw new UsageError('--secret begins with whsec_.');
  if (given !== undefined) return given;
  if (existsSync(join(DEV_FOLDER, 'settings.json'))) return devSettings(DEV_FOLDER).secret;
  throw new UsageError('Say what to sign with: --secret whsec_….');
}
