import type { Command } from '../define.ts';
import { advance } from './advance.ts';
import { backfill } from './backfill.ts';
import { catalog } from './catalog.ts';
import { dev } from './dev.ts';
import { endpointApply, endpointPlan } from './endpoint.ts';
import { emulator } from './emulator.ts';
import { eventsList } from './events-list.ts';
import { eventsReplay } from './events-replay.ts';
import { eventsShow } from './events-show.ts';
import { forget } from './forget.ts';
import { reconcile } from './reconcile.ts';
import { scenariosList } from './scenarios-list.ts';
import { scenariosRun } from './scenarios-run.ts';
import { scenariosShow } from './scenarios-show.ts';
import { serve } from './serve.ts';
import { trigger } from './trigger.ts';
import { worker } from './worker.ts';

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  dev,
  emulator,
  advance,
  serve,
  worker,
  scenariosList,
  scenariosShow,
  scenariosRun,
  catalog,
  trigger,
  eventsList,
  eventsShow,
  eventsReplay,
  reconcile,
  backfill,
  forget,
  endpointPlan,
  endpointApply,
];
