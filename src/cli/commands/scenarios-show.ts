import { scenarioOf } from '../../scenarios/index.ts';
import { defineCommand } from '../define.ts';

export const scenariosShow = defineCommand({
  name: 'scenarios show',
  about: 'Show what a scenario fires, in order, and what to do with each event.',
  words: ['<id>'],
  async run({ words, out }) {
    const scenario = scenarioOf(words[0]!);
    out.line(`${scenario.number ? `${scenario.number}. ` : ''}${scenario.title}`);
    out.line(`“${scenario.story}”`);
    for (const [name, { steps, conditions = {}, fires }] of Object.entries(scenario.paths)) {
      out.line();
      out.line(name);
      for (const [id, what] of Object.entries(steps)) {
        out.line(`  ${id.padEnd(3)} ${what}`);
        for (const fire of fires.filter(({ step }) => step === id))
          out.line(`      → ${fire.type}${fire.if ? ` (if ${fire.if})` : ''}: ${fire.do} – ${fire.why}`);
      }
      for (const [id, what] of Object.entries(conditions)) out.line(`  if ${id}: ${what}`);
    }
    out.line();
    for (const pitfall of scenario.pitfalls) out.line(`! ${pitfall}`);
    out.data({
      ...scenario,
      number: scenario.number ?? null,
      paths: Object.fromEntries(
        Object.entries(scenario.paths).map(([name, { steps, conditions = {}, fires }]) => [
          name,
          { steps, conditions, fires },
        ]),
      ),
    });
  },
});
