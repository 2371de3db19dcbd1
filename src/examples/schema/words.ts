import type { Ground } from './ground.ts';

type Rule = [name: RegExp, value: (ground: Ground, name: string) => string];

const DAY = 86_400;

/** Verbs of events that are states as well. */
const STATES = new Set([
  'canceled',
  'failed',
  'succeeded',
  'paid',
  'posted',
  'returned',
  'expired',
  'completed',
  'closed',
]);

/** What texts say, by the name of their field: the first rule that fits. Names are Stripe's, and mean the same everywhere. */
const TEXTS: Rule[] = [
  [/^(currency|.*_currency)$/, () => 'usd'],
  [/^(country|.*_country|citizenship|nationality)$/, () => 'US'],
  [/^(locale|language)$/, () => 'en-US'],
  [/timezone/, () => 'Etc/UTC'],
  [/email/, () => 'jenny.rosen@example.com'],
  [/phone/, () => '+14155550132'],
  [/created_by|^location$/, () => 'dashboard'],
  [/available_at|available_on/, ({ now }) => new Date(now * 1000).toISOString().slice(0, 10)],
  [/gender|sex$/, () => 'female'],
  [/maiden_name/, () => 'Doe'],
  [/place_of_birth/, () => 'Berlin'],
  [/public_name|supplier_name/, () => 'Rocket Rides'],
  [/institution_name/, () => 'StripeBank'],
  [/travel_agency|passenger_name|individual_name|sender_name|name_alias/, () => 'Jenny Rosen'],
  [/lookup_key|nickname/, () => 'standard'],
  [/iban/, () => 'DE89370400440532013000'],
  [/sort_code/, () => '108800'],
  [/airport_code/, () => 'SFO'],
  [/^carrier$/, () => 'UA'],
  [/service_class/, () => 'economy'],
  [/^unit$/, () => 'liter'],
  [/^eci$/, () => '05'],
  [/cryptogram/, ({ text }) => `${text(27)}=`],
  [/^(ares|rreq)$/, ({ text }) => text(40)],
  [/cvc/, () => '123'],
  [/^wallet$/, () => 'apple_pay'],
  [/merchant_countr/, () => 'US'],
  [/^category$|reporting_category/, () => 'charge'],
  [/payouts?_pricing|payments_pricing/, () => 'standard'],
  [/^interval$/, () => 'daily'],
  [/weekly_anchor/, () => 'monday'],
  [/service_agreement/, () => 'full'],
  [/fiscal_year_end/, () => '2025-12-31'],
  [/region/, () => 'California'],
  [/metric_tons/, () => '0.5'],
  [/(connect|image)_src|certificate/, () => 'https://rocketrides.example'],
  [/permissions?_(granted|pending)/, () => 'charge_read'],
  [/endpoints?_(granted|pending)/, () => 'https://rocketrides.example/stripe-app'],
  [/^column$/, () => 'net'],
  [/header_body|footer_body|^footer$/, () => 'Thank you for riding with us.'],
  [/amount_tax_display/, () => 'include_inclusive_tax'],
  [/^reason$/, () => 'automatic_notification'],
  [/^(details|requirement)$/, () => 'The document is being looked at.'],
  [/first_name|given_name/, () => 'Jenny'],
  [/last_name|surname/, () => 'Rosen'],
  [/bank_name/, () => 'STRIPE TEST BANK'],
  [/^(merchant_name|business_name|doing_business_as|display_name)$/, () => 'Rocket Rides'],
  [/holder_name|^name$|^full_name$/, () => 'Jenny Rosen'],
  [/statement_descriptor/, () => 'ROCKET RIDES'],
  [/client_secret/, ({ text }) => `secret_${text(24)}`],
  [/(^|_)url$|^(link|redirect)$/, ({ text }) => `https://rocketrides.example/${text(8)}`],
  [/^line1|address_line1/, () => '510 Townsend St'],
  [/^line2|address_line2/, () => 'Suite 600'],
  [/city/, () => 'San Francisco'],
  [/^state$/, () => 'CA'],
  [/postal_code|zip/, () => '94103'],
  [/^last4$|_last4$/, () => '4242'],
  [/^iin$|_bin$/, () => '424242'],
  [/routing_number/, () => '110000000'],
  [/account_number/, () => '000123456789'],
  [/fingerprint/, ({ text }) => text(16)],
  [/^ip(_address)?$|_ip$/, () => '203.0.113.7'],
  [/user_agent/, () => 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'],
  [/accept_header/, () => 'text/html,application/json'],
  [/^brand$/, () => 'visa'],
  [/funding/, () => 'credit'],
  [/^mcc$|category_code/, () => '4121'],
  [/description|memo|^note$|explanation/, () => 'Ride 6735'],
  [/(failure|error|decline)_message|reason_text/, () => 'The bank could not process it.'],
  [/message/, () => 'Thank you for your order.'],
  [/colou?r/, () => '#0c7c59'],
  [/font/, () => 'default'],
  [/^provider$/, () => 'stripe'],
  [/^status$/, ({ outcome }) => (STATES.has(outcome.verb) ? outcome.verb : 'active')],
  [/^method$/, () => 'standard'],
  [/^source_type$|payment_method_type/, () => 'card'],
  [/^network$/, () => 'visa'],
  [/_type$|^type$/, () => 'card'],
  [/account_holder/, () => 'Jenny Rosen'],
  [/^file$/, ({ text }) => `file_${text(24)}`],
  [/customer_account/, ({ text }) => `acct_${text(16)}`],
  [/^key$/, () => 'size'],
  [/sql/, () => 'select count(*) from charges'],
  [/^sql|title/, () => 'Payments of the month'],
  [/(_date|^date|^as_of)$/, ({ now }) => new Date((now + DAY) * 1000).toISOString().slice(0, 10)],
  [/version/, () => '1.0.0'],
  [/^label$/, () => 'Front desk'],
  [/serial_number/, () => 'WSC513105011295'],
  [/device/, () => 'bbpos_wisepos_e'],
  [/file_?name/, () => 'receipt.pdf'],
  [/application|^app$/, () => 'com.example.receipts'],
  [/^auth_code$|authorization_code|approval_code/, () => '004217'],
  [/group/, () => 'ORDER_6735'],
  [
    /(_id|^id|_token|^token|reference|^trace|tracking_number|_number|^number|^value|identifier|network_data)/,
    ({ text }) => text(12).toUpperCase(),
  ],
  [/code/, () => 'other'],
  [/latitude/, () => '37.7726'],
  [/longitude/, () => '-122.3958'],
  [/percent/, () => '12.5'],
];

/** A text as a field of this name would hold it. */
export function textFor(name: string, ground: Ground): string {
  const rule = TEXTS.find(([pattern]) => pattern.test(name));
  return rule ? rule[1](ground, name) : name.replaceAll('_', ' ');
}

const NUMBERS: [RegExp, number][] = [
  [/exp_month|^month$/, 12],
  [/exp_year/, 2030],
  [/^year$/, 1990],
  [/^day$/, 15],
  [/fee/, 88],
  [/days|hours|months|nights/, 3],
  [/^hour$/, 0],
  [/odometer/, 21_340],
  [/delivery_year/, 2027],
  [/payout_day/, 1],
  [/seconds|minutes/, 3600],
  [/minimum|^min$|page/, 1],
  [/maximum|^max$/, 10],
  [/amount_(discount|tax|shipping)|tax/, 0],
  [/reversed|refunded|failure|failed|attempt|quantity|count|priority|interval/, 1],
  [/percent|score/, 12],
  [/latitude/, 37],
  [/longitude/, -122],
  [/width/, 1280],
  [/height/, 720],
  [/color_depth/, 24],
  [/offset/, 0],
  [/size/, 15_872],
];

/** Moments that are declared as plain numbers. */
const MOMENTS = /deadline|_until$|_time$|release_after|scheduled_release/;

/** A whole number as a field of this name would hold it: amounts are in minor units. */
export const numberFor = (name: string, ground: Ground): number =>
  MOMENTS.test(name) ? momentFor(name, ground) : (NUMBERS.find(([pattern]) => pattern.test(name))?.[1] ?? 2000);

/** A moment as a field of this name would hold it, Unix seconds. */
export const momentFor = (name: string, { now }: Ground): number =>
  /_after_(days|seconds)/.test(name)
    ? 3
    : /expir|due|until|deadline|arrival|available|release|effective_until|_end$|end_/.test(name)
      ? now + 7 * DAY
      : now;
