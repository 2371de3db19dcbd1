import type { ProofSeen } from '../store/store.ts';
import { withSlash, type Endpoint } from './endpoints.ts';
import { fingerprint } from './secrets.ts';

const SIGNATURE = 'signature ';

/** What is noted of events that came without a signature: asked for at the API, or brought by a transport. */
export const UNSIGNED = 'unsigned';
export const TRANSPORT = 'transport';

/** A webhook secret, told by its fingerprint, and when it last proved a delivery. */
export interface SecretStatus {
  fingerprint: string;
  /** The paths it is configured for now; none for one that is not, or that a function chose. */
  paths: string[];
  /** In milliseconds, to the minute; null when it never did. */
  lastMatchedAt: number | null;
}

/**
 * What is known of secrets: while one is rolled both match, and once the old one's time stands still it can go.
 */
export function secretStatus(endpoints: Iterable<Endpoint>, proofs: readonly ProofSeen[]): SecretStatus[] {
  const known = new Map<string, SecretStatus>();
  const of = (name: string): SecretStatus => {
    const found = known.get(name) ?? { fingerprint: name, paths: [], lastMatchedAt: null };
    known.set(name, found);
    return found;
  };
  for (const { keys, path } of endpoints)
    if (typeof keys !== 'function') for (const key of keys) of(fingerprint(key)).paths.push(withSlash(path));
  for (const { proof, at } of proofs)
    if (proof.startsWith(SIGNATURE)) of(proof.slice(SIGNATURE.length)).lastMatchedAt = at;
  return [...known.values()];
}
