import type { Stored } from '../../../world/objects.ts';

type Reason = 'pause_requested' | 'trial_end_without_payment_method';

/** What a subscription shows while it is paused: since when (Unix seconds), and why. */
export const pausedFields = (now: number, reason: Reason): Partial<Stored<'subscription'>> => ({
  status: 'paused',
  status_details: { paused: { subscription: { type: reason }, transitioned_at: now, type: 'subscription' } },
});
