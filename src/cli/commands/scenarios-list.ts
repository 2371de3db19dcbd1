import { scenarios } from '../../scenarios/index.ts';
import { defineCommand } from '../define.ts';

export const scenariosList = defineCommand({
  name: 'scenarios list',
  about: 'List every scenario and the ways to run it.',
  async run({ out }) {
    for (const { id, number, title, paths } of scenarios)
      out.line(`${String(number ?? '').padStart(3)}  ${id.padEnd(22)} ${title}  (${Object.keys(paths).join(', ')})`);
    out.data(
      scenarios.map(({ id, number = null, title, story, paths }) => ({
        id,
        number,
        title,
        story,
        paths: Object.keys(paths),
      })),
    );
  },
});
