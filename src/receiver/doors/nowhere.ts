import { PaybellError } from '../../base/errors.ts';
import { withoutSlash, withSlash } from '../endpoints.ts';
import type { Settings } from '../options.ts';

/** How many paths are told of, each once: others may send whatever they like. */
const TOLD = 5;

/** Called with the path and the signature header of what was answered 404. */
export type Nowhere = (path: string, signature: string | null) => void;

/**
 * Tells of a delivery that came where no endpoint is, which the 404 alone does not: the route of a framework and the
 * `path` of the receiver are given in two places.
 */
export function createNowhere({ endpoints, onProblem }: Pick<Settings<never>, 'endpoints' | 'onProblem'>): Nowhere {
  const told = new Set<string>();
  return (path: string, signature: string | null): void => {
    if (!signature || told.size >= TOLD || told.has(withoutSlash(path)) || path.length > 200) return;
    told.add(withoutSlash(path));
    const has = [...endpoints.keys()].map(withSlash).join(', ') || 'none';
    onProblem(
      'a delivery was answered 404',
      new PaybellError('no_endpoint', `It came to ${JSON.stringify(path)}; this receiver's path is ${has}.`),
    );
  };
}
