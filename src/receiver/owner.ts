import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A name for this process that tells others on the same machine whether it still runs. */
export const ownerName = (): string => `${machine()} ${process.pid} ${randomUUID()}`;

/**
 * Whether the process behind a name is certainly gone, so that its leases can be taken at once instead of when they
 * end. Only ever said of processes that this one can see: the same boot, the same process namespace.
 */
export function isDead(owner: string, self: string): boolean {
  const [where, pid] = split(owner);
  if (owner === self || where !== split(self)[0] || !Number.isSafeInteger(pid) || pid <= 0) return false;
  // One process may hold several receivers, so a name with our own pid is alive unless it is from before.
  if (pid === process.pid) return !living.has(owner);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Names in use in this process. */
export const living = new Set<string>();

function split(owner: string): [where: string, pid: number] {
  const [where = '', pid = ''] = owner.split(' ');
  return [where, Number(pid)];
}

let known: string | undefined;

function machine(): string {
  known ??= [hostname(), ...BOOT.map(attempt)].join('/').replaceAll(' ', '_');
  return known;
}

// A container keeps the host's boot id but has pids of its own, and often the number 1.
const BOOT = [
  () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  () => readlinkSync('/proc/self/ns/pid'),
];

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
