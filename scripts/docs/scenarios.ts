import { EVENTS } from '../../src/stripe/index.ts';
import { pathTitle } from '../../src/scenarios/define.ts';
import { play, scenarios, type Run, type Scenario } from '../../src/scenarios/index.ts';
import { code, eventLink, WRITTEN } from './page.ts';

const areaOf = (type: string) => EVENTS[type as keyof typeof EVENTS].area;

/** The page of every scenario, and their list. */
export async function scenarioPages(): Promise<Record<string, string>> {
  const pages: Record<string, string> = { 'docs/scenarios/README.md': list() };
  for (const scenario of scenarios) {
    const runs = await Promise.all(Object.keys(scenario.paths).map((path) => play(scenario, path)));
    pages[`docs/scenarios/${scenario.id}.md`] = page(scenario, runs);
  }
  return pages;
}

function list(): string {
  const rows = scenarios.map(
    ({ id, number, title, paths }) => `| ${number ?? ''} | [${title}](${id}.md) | ${Object.keys(paths).join(', ')} |`,
  );
  return `${WRITTEN}

# What fires when

Each page tells what happens, which calls make it happen, every event in its order, and what to do with each. All of it is
made from runs of the local Stripe: \`paybell scenarios run ID\` plays one again, with the full payloads. Numbers are those of the
original cheat sheet. Every event type, with an example: [events](../events/README.md).
Which of them to handle: [which-events.md](../which-events.md).

| № | Scenario | Ways |
| --- | --- | --- |
${rows.join('\n')}
`;
}

function page(scenario: Scenario, runs: Run[]): string {
  const { id, number, title, story, pitfalls } = scenario;
  return `${WRITTEN}

# ${number ? `${number}. ` : ''}${title}

> ${story}

Play it: \`paybell scenarios run ${id}\`

${runs.map((run) => way(scenario, run)).join('\n\n')}

## Mind

${pitfalls.map((pitfall) => `- ${pitfall}`).join('\n')}
`;
}

function way({ paths }: Scenario, { path: name, calls, events }: Run): string {
  const path = paths[name]!;
  const steps = Object.entries(path.steps).map(([step, what]) => {
    const made = calls.filter((call) => call.step === step && !call.sdk.includes('.retrieve('));
    const rows = path.fires.flatMap((fire, i) =>
      fire.step === step
        ? `| ${events[i] ? `+${events[i].seconds} s` : ''} | ${eventLink(fire.type, areaOf(fire.type), 'scenarios')} | ${fire.do} | ${fire.why}${fire.if ? ` (if: ${fire.if})` : ''} |`
        : [],
    );
    return [
      `**${step}.** ${what}`,
      ...(made.length ? [code('ts', made.map(({ sdk }) => `await ${sdk};`).join('\n'))] : []),
      ...(rows.length
        ? [`| When | Event | Do | Why |\n| --- | --- | --- | --- |\n${rows.join('\n')}`]
        : ['Nothing fires.']),
    ].join('\n\n');
  });
  const conditions = Object.entries(path.conditions ?? {}).map(([id, what]) => `- _${id}_: ${what}`);
  return [
    `## ${pathTitle(name)}`,
    ...steps,
    ...(conditions.length ? [`What some of it depends on:\n\n${conditions.join('\n')}`] : []),
  ].join('\n\n');
}
