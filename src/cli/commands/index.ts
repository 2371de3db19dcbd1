import type { Command } from '../define.ts';
import { dev } from './dev.ts';
import { emulator } from './emulator.ts';
import { eventsList } from './events-list.ts';
import { eventsShow } from './events-show.ts';
import { scenariosList } from './scenarios-list.ts';
import { scenariosRun } from './scenarios-run.ts';
import { scenariosShow } from './scenarios-show.ts';
import { serve } from './serve.ts';

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  dev,
  emulator,
  serve,
  scenariosList,
  scenariosShow,
  scenariosRun,
  eventsList,
  eventsShow,
];
