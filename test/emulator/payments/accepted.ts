/** `mandate_data` of a customer who agreed to a debit on the merchant's page. */
export const accepted = {
  customer_acceptance: { type: 'online' as const, online: { ip_address: '192.0.2.1', user_agent: 'Mozilla/5.0' } },
};
