import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaybellError } from '../base/errors.ts';
import type { DeliveryQueue } from './delivery/queue.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Idempotency, KeptAnswer } from './http/idempotency.ts';
import type { WorldState } from './world/world-state.ts';
import type { World } from './world/world.ts';

/** A world that was kept under a name: when (Unix seconds of the world), and how much is in it. */
export type Snapshot = { name: string; at: number; objects: number; events: number };

/** The snapshots of one world. */
export type Snapshots = {
  /** Keeps the world as it is under a name, in place of what had the name. Waits for what is under way. */
  take(name: string): Promise<Snapshot>;
  /** The oldest first. */
  list(): Snapshot[];
  /**
   * Puts the world back. What was told since is gone and a new epoch begins: new objects get other ids than those that
   * were made after the snapshot, and a receiver that heard of these must start with an empty mirror.
   */
  restore(name: string): Promise<Snapshot>;
  drop(name: string): void;
};

export type SnapshotOptions = {
  world: World;
  queue: DeliveryQueue;
  idempotency: Idempotency;
  /** Resolves when nothing is under way. */
  settled: () => Promise<void>;
  /** Called when the world is another one. */
  restored: () => void;
  /** Given, snapshots are files in it as well, and outlive the process. */
  folder: string | undefined;
};

type Kept = { format: 1; shown: Snapshot; world: WorldState; deliveries: Delivery[]; answers: KeptAnswer[] };

const MOST = 20;
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

export function createSnapshots({ world, queue, idempotency, settled, restored, folder }: SnapshotOptions): Snapshots {
  const kept = new Map<string, Kept>();
  const home = folder === undefined ? undefined : join(folder, encodeURIComponent(world.name));
  const fileOf = (name: string) => join(home!, `${name}.json`);
  if (home && existsSync(home)) {
    const files = readdirSync(home).filter((file) => file.endsWith('.json') && NAME.test(file.slice(0, -5)));
    const aged = files
      .map((file) => ({ file, age: statSync(join(home, file)).mtimeMs }))
      .toSorted((a, b) => a.age - b.age);
    for (const { file } of aged) kept.set(file.slice(0, -5), read(join(home, file)));
  }
  const known = (name: string) => {
    const found = kept.get(name);
    if (!found)
      throw new PaybellError('bad_option', `No snapshot '${name}'; there is ${[...kept.keys()].join(', ') || 'none'}.`);
    return found;
  };

  return {
    async take(name) {
      if (!NAME.test(name))
        throw new PaybellError(
          'bad_option',
          `A snapshot's name has up to 64 letters, digits, dots, dashes: not '${name}'.`,
        );
      await settled();
      if (kept.size >= MOST && !kept.has(name))
        throw new PaybellError(
          'bad_option',
          `A world keeps ${MOST} snapshots: drop one of ${[...kept.keys()].join(', ')}.`,
        );
      const state = world.save();
      const objects = state.rows.reduce((sum, { rows }) => sum + rows.filter(({ deleted }) => !deleted).length, 0);
      const shown = { name, at: state.clock.now, objects, events: state.log.length };
      const snapshot: Kept = { format: 1, shown, world: state, deliveries: queue.save(), answers: idempotency.save() };
      kept.delete(name);
      kept.set(name, snapshot);
      if (home) write(fileOf(name), home, snapshot);
      return shown;
    },
    list: () => Array.from(kept.values(), ({ shown }) => shown),
    async restore(name) {
      const snapshot = known(name);
      // What is under way belongs to the world that ends here.
      queue.clear();
      await settled();
      world.restore(snapshot.world);
      queue.restore(snapshot.deliveries);
      idempotency.restore(snapshot.answers);
      restored();
      return snapshot.shown;
    },
    drop(name) {
      known(name);
      kept.delete(name);
      if (home) rmSync(fileOf(name), { force: true });
    },
  };
}

function read(path: string): Kept {
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
  if (kept.format !== 1) throw new PaybellError('bad_option', `${path} is no snapshot that this version can read.`);
  return kept;
}

// Secrets of endpoints are in it, so it is for its owner alone; a rename leaves no half-written file behind.
function write(path: string, home: string, snapshot: Kept): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(snapshot), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
