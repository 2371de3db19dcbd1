import { catalogue } from './catalogue.ts';
import { connect } from './connect.ts';
import type { Recipe } from './define.ts';
import { invoices } from './invoices.ts';
import { issuing } from './issuing.ts';
import { money } from './money.ts';
import { pages } from './pages.ts';
import { payments } from './payments.ts';
import { subscriptions } from './subscriptions.ts';
import { treasury } from './treasury.ts';

export type { Recipe } from './define.ts';

/** Every recipe, those of objects with behaviour first. */
export const recipes: readonly Recipe[] = [
  ...payments,
  ...invoices,
  ...catalogue,
  ...subscriptions,
  ...connect,
  ...money,
  ...pages,
  ...issuing,
  ...treasury,
];
