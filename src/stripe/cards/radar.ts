import { card } from './card.ts';

/** Cards that Radar, or one of the bank's checks, has something to say about. */
export const RADAR_CARDS = [
  card('4100000000000019', ['radarBlock', 'chargeDeclinedFraudulent'], { radar: 'block' }),
  card('4000000000004954', 'riskLevelHighest', { radar: 'highest' }),
  card('4000000000009235', 'riskLevelElevated', { radar: 'elevated' }),
  card('4000008400000407', 'highFraudDisputeScore', { radarSetting: 'dispute_score' }),
  card('4000008400000159', 'highEfwScore', { radarSetting: 'early_fraud_warning_score' }),
  card('4000008400001017', 'radarDynamicRiskThreshold', { radarSetting: 'dynamic_risk_threshold' }),
  card('4000008405600003', 'adaptive3dsChallenge', { radarSetting: 'adaptive_3ds' }),
  card('4000000000000101', 'cvcCheckFail', { checks: { cvc: 'fail' } }),
  card('4000000000000036', 'avsZipFail', { checks: { postalCode: 'fail' } }),
  card('4000058400307872', 'cvcCheckFailElevatedRisk', { checks: { cvc: 'fail' }, radar: 'elevated' }),
  card('4000058400306072', 'avsZipFailElevatedRisk', { checks: { postalCode: 'fail' }, radar: 'elevated' }),
  card('4000000000000028', 'avsLine1Fail', { checks: { line1: 'fail' } }),
  card('4000000000000010', 'avsFail', { checks: { line1: 'fail', postalCode: 'fail' } }),
  card('4000000000000044', 'avsUnchecked', { checks: { line1: 'unavailable', postalCode: 'unavailable' } }),
];
