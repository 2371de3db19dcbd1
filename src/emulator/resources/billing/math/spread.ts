import { ONE, type Decimal } from './decimal.ts';

const floor = (value: Decimal): bigint => {
  const cut = value / ONE;
  return value < 0n && cut * ONE !== value ? cut - 1n : cut;
};

/** Rounds shares to whole minor units so that they sum to `total`: the largest remainders get what is left, first ones first. */
export function spread(shares: readonly Decimal[], total: number): number[] {
  const whole = shares.map((share) => Number(floor(share)));
  let left = total - whole.reduce((sum, part) => sum + part, 0);
  const byRemainder = shares
    .map((share, index) => ({ index, remainder: share - floor(share) * ONE }))
    .toSorted((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (left === 0) break;
    const unit = Math.sign(left);
    whole[index]! += unit;
    left -= unit;
  }
  return whole;
}
