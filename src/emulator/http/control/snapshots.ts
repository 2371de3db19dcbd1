import { mustKnow, type ControlRoutes } from './route.ts';

export const snapshotRoutes: ControlRoutes = {
  'GET /snapshots': ({ open }) => ({ data: open.snapshots.list() }),
  'POST /snapshots': ({ open, body }) => {
    mustKnow('A snapshot', body, ['name']);
    return open.snapshots.take(String(body['name'] ?? ''));
  },
  'POST /snapshots/:/restore': ({ open, path }) => open.snapshots.restore(path[0]!),
  'DELETE /snapshots/:': ({ open, path }) => {
    open.snapshots.drop(path[0]!);
    return { name: path[0], deleted: true };
  },
};
