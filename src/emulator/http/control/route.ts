import { PaybellError } from '../../../base/errors.ts';
import type { OpenWorld } from '../../open-world.ts';

/** A request to a control route: the world it is about, what its body says, and the names in its path. */
export type ControlCall = { open: OpenWorld; body: Record<string, unknown>; url: URL; path: readonly string[] };

/** Answers with what becomes the JSON body. Throws to refuse. */
export type ControlRoute = (call: ControlCall) => unknown | Promise<unknown>;

/** Routes by method and path; `:` stands for a name (`POST /snapshots/:/restore`). */
export type ControlRoutes = Record<string, ControlRoute>;

/** Refuses what a route does not know, so that a slip of the pen does not pass for a success. */
export function mustKnow(what: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given))
    if (!known.includes(name))
      throw new PaybellError('bad_option', `${what} knows no '${name}': use ${known.join(', ')}.`);
}

/** A limit from an address: how many to answer with. */
export function limitIn(url: URL, preset: number, most: number): number {
  const given = url.searchParams.get('limit');
  const limit = given === null ? preset : Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    throw new PaybellError('bad_option', `limit is a whole number from 1 to ${most}.`);
  return limit;
}
