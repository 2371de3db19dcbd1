import type { Pool } from 'pg';
import type { ProofSeen } from '../store.ts';
import { runOn, type Statement } from './query.ts';

/** Notes when secrets last proved a delivery; `$1` lists them, each once. */
export const noteProofs = (s: string): Statement => ({
  name: 'paybell_note_proofs',
  text: /* sql */ `
    INSERT INTO ${s}.proofs AS known (proof, at)
    SELECT proof, max(at) FROM jsonb_to_recordset($1::jsonb) AS c (proof text, at bigint)
    GROUP BY proof ORDER BY proof COLLATE "C"
    ON CONFLICT (proof) DO UPDATE SET at = greatest(known.at, excluded.at)`,
});

/** Reads which secrets ever proved a delivery. */
export function proofReads(pool: Pool, s: string) {
  const proofs: Statement = {
    name: 'paybell_proofs',
    text: /* sql */ `SELECT proof, at FROM ${s}.proofs ORDER BY at DESC`,
  };
  return () => runOn(pool)<ProofSeen & Record<string, unknown>>(proofs);
}
