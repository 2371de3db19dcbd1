/** Waits for a call that is to be declined: Stripe's 402 is the expected answer, anything else is an error. */
export async function expectDecline(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if ((error as { type?: string }).type === 'StripeCardError') return;
    throw error;
  }
  throw new Error('the payment was to be declined, and went through');
}
