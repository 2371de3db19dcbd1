import { readFileSync } from 'node:fs';
import { sortableSeconds } from '../src/base/ids.ts';

/** Templates of real-looking events, cut where an id goes: `charge.succeeded` is about 3 KB. */
export type Template = { type: string; make(id: string, seconds: number): string };

const SAMPLES = JSON.parse(readFileSync(new URL('./samples.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>[];

/** Event and object ids that sort by time, as Stripe's do, and never repeat within a run. */
export const idText = (number: number, seconds: number) =>
  `1${sortableSeconds(seconds)}${String(number).padStart(10, '0')}Paybell`;

/** The sample events of these types, each ready to be made again and again with ids of its own. */
export function templates(types: string[]): Template[] {
  return types.map((type) => {
    const sample = SAMPLES.find((event) => event['type'] === type);
    if (!sample) throw new Error(`bench/samples.json has no ${type}`);
    const { object } = sample['data'] as { object: { id: string } };
    const text = JSON.stringify(sample)
      .replaceAll(String(sample['id']), '«evt_»')
      .replaceAll(object.id, `«${object.id.split('_')[0]}_»`)
      .replace(/"created":\d+,"data"/, `"created":«»,"data"`);
    const parts = text.split(/(«\w*»)/);
    return {
      type,
      make(id, seconds) {
        let made = '';
        for (const part of parts)
          made += part === '«»' ? seconds : part.startsWith('«') ? part.slice(1, -1) + id : part;
        return made;
      },
    };
  });
}
