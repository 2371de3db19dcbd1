/**
 * Names for sets of fields. A field is masked wherever it stands; `customer.name` only in objects whose `object` is
 * `customer`, because a product has a name too.
 */
export const PROFILES = {
  /** What tells who somebody is or where he lives. */
  personal: [
    'account_holder_name',
    'address',
    'billing_details',
    'business_profile',
    'card.name',
    'company',
    'customer_account_name',
    'customer_address',
    'customer_details',
    'customer_email',
    'customer_name',
    'customer_phone',
    'customer_purchase_ip',
    'customer_shipping',
    'customer_tax_ids',
    'custom_fields',
    'customer.description',
    'customer.individual_name',
    'customer.name',
    'collected_information',
    'display_name',
    'dob',
    'email',
    'evidence',
    'first_name',
    'id_number',
    'individual',
    'ip',
    'ip_address',
    'last_name',
    'maiden_name',
    'owner',
    'person',
    'phone',
    'receipt_email',
    'shipping',
    'shipping_details',
    'source.name',
    'tax_id.value',
    'tax_ids',
    'tos_acceptance',
    'verified_outputs',
  ],
  /** What opens something for whoever has it. */
  links: ['client_secret', 'hosted_invoice_url', 'invoice_pdf', 'receipt_url', 'url'],
  /** What people write in their own words. */
  free: ['custom_fields', 'description', 'footer', 'memo', 'metadata', 'statement_descriptor', 'uncategorized_text'],
} as const satisfies Record<string, readonly string[]>;

export type Profile = keyof typeof PROFILES;

/** Everything that `forget` erases. */
export const EVERYTHING: readonly string[] = Object.values(PROFILES).flat();
