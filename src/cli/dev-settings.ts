import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../base/ids.ts';

/** What stays the same from one `paybell dev` to the next, so that an application’s settings stay right. */
export type DevSettings = { key: string; secret: string };

/** Reads the settings of a folder, making them the first time. The file is for its owner alone. */
export function devSettings(folder: string): DevSettings {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'settings.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as DevSettings;
  const { text } = random();
  const settings = { key: `sk_test_${text(24)}`, secret: `whsec_${text(32)}` };
  writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
  // What is in here belongs to one machine.
  writeFileSync(join(folder, '.gitignore'), '*\n');
  return settings;
}
