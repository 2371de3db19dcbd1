import { coverage, totalsOf, type CoverageRow } from '../../examples/coverage.ts';
import { sourceOf } from '../../examples/source.ts';
import { eventTypes, type EventInfo } from '../../stripe/index.ts';
import { defineCommand, UsageError, type Output } from '../define.ts';
import { unknownType } from '../unknown-type.ts';

export const catalog = defineCommand({
  name: 'catalog',
  about: 'List event types: what each tells, about what, and how it can be made to happen here.',
  words: ['[pattern]'],
  options: [
    { flags: '--thin', about: 'thin events as well' },
    { flags: '--coverage', about: 'play everything, and show what reaches each type and how full its example is' },
  ],
  async run({ words, options, out }) {
    const pattern = words[0] ?? '*';
    const thin = options['thin'] === true || /^v\d/.test(pattern);
    const found = eventTypes(pattern).filter(({ payload }) => thin || payload === 'snapshot');
    if (found.length === 0)
      throw new UsageError(unknownType(pattern) ?? `'${pattern}' covers thin events only: --thin shows them.`);
    if (options['coverage']) return table(out, await coverage(pattern, { thin }));
    for (const info of found) print(out, info);
    out.data(found.map((info) => ({ ...info, reachedBy: reachedBy(info) })));
  },
});

/** `scenario refund/current`, `recipe payout`, `schema`. */
function reachedBy({ type, era, twin, payload }: EventInfo): string {
  if (era === 'legacy' || (payload === 'thin' && !twin)) return 'schema';
  const from = sourceOf(payload === 'thin' ? twin! : type);
  if (from.reachedBy === 'scenario') return `scenario ${from.scenario.id}/${from.path}`;
  return from.reachedBy === 'recipe' ? `recipe ${from.recipe.id}` : 'schema';
}

function print(out: Output, info: EventInfo) {
  const { type, description, subject, area, era, lastEra, replacement } = info;
  out.line(type);
  out.line(`  ${description}`);
  out.line(`  ${subject.join(' or ') || 'no object'} · ${area} · ${era} · ${reachedBy(info)}`);
  if (lastEra) out.line(`  until: ${lastEra}`);
  if (replacement.length) out.line(`  now: ${replacement.join(', ')}`);
}

function table(out: Output, rows: CoverageRow[]) {
  const width = Math.max(...rows.map(({ type }) => type.length));
  for (const { type, era, reached_by, by, fidelity, nulls } of rows)
    out.line(
      `${type.padEnd(width)}  ${reached_by.padEnd(8)}  ${fidelity.padEnd(9)}  ${percent(nulls)} null  ${by ?? (era === 'legacy' ? 'legacy' : '')}`.trimEnd(),
    );
  const totals = totalsOf(rows);
  out.line();
  out.line(
    `${totals.types} current types: ${totals.run} reached by a run (${totals.scenario} by scenarios, ${totals.recipe} by recipes), ` +
      `${totals.schema} from their shape only; ${rows.filter(({ era }) => era === 'legacy').length} legacy types.`,
  );
  out.data({ totals, types: rows });
}

const percent = (share: number) => `${Math.round(share * 100)} %`.padStart(5);
