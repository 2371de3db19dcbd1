import type { Act } from '../../act.ts';
import type { ControlRoutes } from './route.ts';

export const worldRoutes: ControlRoutes = {
  'POST /act': ({ open, body }) => open.act(body as Act),
  'POST /dashboard': ({ open, body }) => open.dashboard(body),
  'POST /reset': ({ open }) => {
    open.reset();
    return { reset: true };
  },
  'POST /settle': async ({ open }) => {
    await open.settled();
    return { settled: true };
  },
  'GET /log': ({ open }) => ({
    data: open.world.log.all.map(({ sequence, event, deleted }) => ({ sequence, deleted, event })),
  }),
  'GET /truth': ({ open }) => ({ data: open.world.log.truth() }),
};
