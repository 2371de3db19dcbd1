import { createExamples, scenariosWith, type Example, type Examples } from '../../src/examples/index.ts';
import { eventTypes, type EventInfo } from '../../src/stripe/index.ts';
import { code, eventLink, fileOf, trimmed, WRITTEN } from './page.ts';

/** A page for every area, with every event type of it, and their list. */
export async function eventPages(): Promise<Record<string, string>> {
  await using examples = createExamples();
  const areas = [...Map.groupBy(eventTypes(), ({ area }) => area)].toSorted(([a], [b]) => a.localeCompare(b));
  const pages: Record<string, string> = { 'docs/events/README.md': list(areas) };
  for (const [area, infos] of areas) pages[`docs/events/${fileOf(area)}`] = await page(area, infos, examples);
  return pages;
}

function list(areas: [string, EventInfo[]][]): string {
  const rows = areas.map(([area, infos]) => {
    const count = (wanted: (info: EventInfo) => boolean) => infos.filter(wanted).length || '';
    return `| [${area}](${fileOf(area)}) | ${count(({ era, payload }) => era === 'current' && payload === 'snapshot')} | ${count(({ era }) => era === 'legacy')} | ${count(({ payload }) => payload === 'thin')} |`;
  });
  return `${WRITTEN}

# Every event

The place of an event is its page and its name: \`payments.md#charge.refunded\`. Examples are shown without what is null, with one
entry of each list, and no hash that lies deep; \`paybell trigger EVENT --json\` shows one whole, and sends it.

| Area | Events | Legacy | Thin |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

async function page(area: string, infos: EventInfo[], examples: Examples): Promise<string> {
  const told = infos.filter(({ payload }) => payload === 'snapshot');
  const thin = infos.filter(({ payload, twin }) => payload === 'thin' && twin === null);
  const sections: string[] = [];
  for (const info of told) sections.push(section(info, await examples.of(info.type)));
  if (thin.length) sections.push(await thinOnly(thin, examples));
  return `${WRITTEN}\n\n# ${area}\n\n${sections.join('\n\n')}\n`;
}

function section({ type, description, subject, era, lastEra, replacement, twin }: EventInfo, example: Example): string {
  const carried = subject.length ? subject.map((each) => `\`${each}\``).join(' or ') : 'no object';
  const fired = scenariosWith(type);
  const ids = [...new Set(fired.map(({ id }) => id))];
  return [
    `<a id="${type}"></a>\n\n## ${type}`,
    description,
    [
      `Carries ${carried}.`,
      twin ? `Thin twin: \`${twin}\`.` : '',
      era === 'legacy' ? `No longer sent (${lastEra}).` : '',
      replacement.length ? `Now: ${replacement.map((each) => `\`${each}\``).join(', ')}.` : '',
      ids.length ? `Fires in ${ids.map((id) => `[${id}](../scenarios/${id}.md)`).join(', ')}.` : '',
      originOf(example),
    ]
      .filter(Boolean)
      .join(' '),
    `<details><summary>Example</summary>\n\n${code('json', JSON.stringify(trimmed(example.event), null, 2))}\n\n</details>`,
  ].join('\n\n');
}

function originOf({ reachedBy, by, fidelity }: Example): string {
  if (fidelity === 'era') return 'The example is of its time.';
  if (reachedBy === 'schema') return 'Nothing here fires it yet: the example is worked out from its declared shape.';
  if (fidelity === 'schema')
    return `The example is of the recipe \`${by}\`; what the run left open is worked out from the declared shape.`;
  return `The example is of a run: ${reachedBy} \`${by}\`.`;
}

async function thinOnly(infos: EventInfo[], examples: Examples): Promise<string> {
  const [first] = infos as [EventInfo];
  const rows = infos.map(
    ({ type, description, subject }) =>
      `| <a id="${type}"></a>\`${type}\` | ${subject.map((each) => `\`${each}\``).join(', ')} | ${description.replaceAll('|', '\\|')} |`,
  );
  return [
    '## Thin events of their own',
    `They carry a link alone, as ${eventLink(first.type, first.area, 'events')} does:`,
    code('json', JSON.stringify((await examples.of(first.type)).event, null, 2)),
    `| Event | Links to | Tells |\n| --- | --- | --- |\n${rows.join('\n')}`,
  ].join('\n\n');
}
