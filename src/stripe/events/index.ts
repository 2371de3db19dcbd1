import { apps } from './apps.ts';
import { balance } from './balance.ts';
import { billing, billingThin } from './billing.ts';
import { checkout } from './checkout.ts';
import { climate } from './climate.ts';
import { connect, connectThin } from './connect.ts';
import { customers } from './customers.ts';
import { discounts, discountsThin } from './discounts.ts';
import { disputes } from './disputes.ts';
import { financialConnections, financialConnectionsThin } from './financial-connections.ts';
import { identity } from './identity.ts';
import { invoices, invoicesThin } from './invoices.ts';
import { issuing } from './issuing.ts';
import { moneyManagementThin } from './money-management.ts';
import { paymentMethods } from './payment-methods.ts';
import { payments } from './payments.ts';
import { payouts } from './payouts.ts';
import { products, productsThin } from './products.ts';
import { files, reporting } from './reporting.ts';
import { subscriptions, subscriptionsThin } from './subscriptions.ts';
import { tax } from './tax.ts';
import { terminal } from './terminal.ts';
import { testing } from './testing.ts';
import { treasury } from './treasury.ts';
import { webhooksThin } from './webhooks.ts';

/** Every area's snapshot events. */
export const SNAPSHOTS = [
  apps,
  balance,
  billing,
  checkout,
  climate,
  connect,
  customers,
  discounts,
  disputes,
  files,
  financialConnections,
  identity,
  invoices,
  issuing,
  paymentMethods,
  payments,
  payouts,
  products,
  reporting,
  subscriptions,
  tax,
  terminal,
  testing,
  treasury,
] as const;

/** Every area's thin events that have no snapshot twin. */
export const THINS = [
  billingThin,
  connectThin,
  discountsThin,
  financialConnectionsThin,
  invoicesThin,
  moneyManagementThin,
  productsThin,
  subscriptionsThin,
  webhooksThin,
] as const;
