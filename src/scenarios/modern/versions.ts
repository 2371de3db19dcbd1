/** Requests as they were before 2025-03-31.basil, when a customer could still have a coupon of its own. */
export const ACACIA = { apiVersion: '2025-02-24.acacia' } as const;
