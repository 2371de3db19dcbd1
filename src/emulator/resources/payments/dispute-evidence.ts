import type { TestCard } from '../../../stripe/cards/index.ts';
import { schema } from '../../../stripe/schema.ts';
import type { Stored } from '../../world/objects.ts';

/** Evidence as it stands when a dispute opens: what the charge itself knows, and everything else still to come. */
export function emptyEvidence(charge: Stored<'charge'>): Stored<'dispute'>['evidence'] {
  const field = schema().objects['dispute']!.fields['evidence']!;
  const names = field.kind === 'object' ? Object.keys(field.fields) : [];
  const evidence: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, null]));
  evidence['enhanced_evidence'] = {};
  evidence['customer_name'] = charge.billing_details.name;
  evidence['customer_email_address'] = charge.billing_details.email;
  return evidence as unknown as Stored<'dispute'>['evidence'];
}

/** Which of the networks' special procedures a test card's dispute qualifies for. */
export function enhancedTypes({ dispute }: TestCard): Stored<'dispute'>['enhanced_eligibility_types'] {
  const type = dispute?.eligibleFor;
  return type && type !== 'smart_disputes' ? [type] : [];
}
