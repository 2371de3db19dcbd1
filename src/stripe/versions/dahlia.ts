import type { Json } from '../../base/json.ts';
import { defineVersion } from './define.ts';

const UI_MODES: Readonly<Record<string, string>> = {
  hosted: 'hosted_page',
  embedded: 'embedded_page',
  custom: 'elements',
};
const OLD_UI_MODES = Object.fromEntries(Object.entries(UI_MODES).map(([old, now]) => [now, old]));
const renamed = (names: Readonly<Record<string, string>>, value: Json | undefined): Json =>
  typeof value === 'string' ? (names[value] ?? value) : (value ?? null);

/** 2026-03-25.dahlia: Checkout's modes renamed. */
export const dahlia = defineVersion('2026-03-25.dahlia', {
  objects: [
    {
      object: 'checkout.session',
      what: '`ui_mode`: `hosted`, `embedded`, `custom` became `hosted_page`, `embedded_page`, `elements`.',
      before: (session) => ({ ui_mode: renamed(OLD_UI_MODES, session['ui_mode']) }),
    },
    {
      object: 'payment_intent',
      what: '`payment_method_options.us_bank_account.preferred_settlement_speed` was removed.',
    },
  ],
  requests: [
    {
      calls: ['POST /v1/checkout/sessions'],
      what: '`ui_mode` takes the new names only.',
      had: { ui_mode: { kind: 'enum', values: ['custom', 'embedded', 'hosted'], optional: true } },
      upgrade: (params) => {
        if ('ui_mode' in params) params['ui_mode'] = renamed(UI_MODES, params['ui_mode']);
      },
    },
    {
      calls: ['POST /v1/payment_intents', 'POST /v1/payment_intents/{}', 'POST /v1/payment_intents/{}/confirm'],
      what: '`payment_method_options.us_bank_account.preferred_settlement_speed` was removed.',
      had: {
        'payment_method_options.us_bank_account.preferred_settlement_speed': {
          kind: 'enum',
          values: ['fastest', 'standard'],
          optional: true,
          emptyable: true,
        },
      },
    },
  ],
});
