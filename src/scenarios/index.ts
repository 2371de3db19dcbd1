import { PaybellError } from '../base/errors.ts';
import { authThenCapture } from './cheat-sheet/auth-then-capture.ts';
import { cardDeclined } from './cheat-sheet/card-declined.ts';
import { chargeDescription } from './cheat-sheet/charge-description.ts';
import { customerAndCharge } from './cheat-sheet/customer-and-charge.ts';
import { disputeEvidence } from './cheat-sheet/dispute-evidence.ts';
import { invoiceItems } from './cheat-sheet/invoice-items.ts';
import { oneOffCharge } from './cheat-sheet/one-off-charge.ts';
import { refund } from './cheat-sheet/refund.ts';
import type { Scenario } from './define.ts';
import { creditNote } from './modern/credit-note.ts';
import { invoiceSentOutOfBand } from './modern/invoice-sent-out-of-band.ts';
import { invoiceVoid } from './modern/invoice-void.ts';
import { catalogueChange } from './modern/catalogue-change.ts';

export { defineScenario, type Advice, type Fire, type Path, type Scenario, type Stage } from './define.ts';
export { branchesOf, pathOf, play, type PlayedEvent, type PlayOptions, type Run } from './play.ts';
export { connect, loadSdk } from './connect.ts';
export type { RecordedCall } from './recorder.ts';

/** Every scenario. To add one: write its file, and name it here. */
export const scenarios: readonly Scenario[] = [
  oneOffCharge,
  cardDeclined,
  refund,
  authThenCapture,
  chargeDescription,
  disputeEvidence,
  customerAndCharge,
  invoiceItems,
  catalogueChange,
  creditNote,
  invoiceSentOutOfBand,
  invoiceVoid,
];

/** The scenario with this id, or the one with this number on the cheat sheet. */
export function scenarioOf(id: string): Scenario {
  const found = scenarios.find((scenario) => scenario.id === id || String(scenario.number) === id);
  if (found) return found;
  throw new PaybellError('unknown_scenario', `'${id}' is none of ${scenarios.map(({ id }) => id).join(', ')}.`);
}
