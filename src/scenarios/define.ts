import type Stripe from 'stripe';
import type { Act, BillingSettings } from '../emulator/index.ts';

/** What to do with an event when it comes, and why. */
export type Advice = { do: 'handle' | 'ignore'; why: string };

/** An event that a scenario fires: which, and by which of its steps. */
export type Fire = Advice & {
  type: string;
  step: string;
  /** Fires only while this condition of the path holds. */
  if?: string;
};

/** What a scenario's calls have at hand. */
export type Stage = {
  /** The official SDK, talking to a world of its own. */
  stripe: Stripe;
  /** Runs one step: whatever fires until it ends was caused by it. */
  step<T>(id: string, run: () => Promise<T>): Promise<T>;
  /** Moves the world's clock (`2s`, `1mo`): what falls due happens on the way. */
  wait(span: string): Promise<void>;
  /** Brings about what no call does: the customer at the bank's page. */
  act(act: Act): void;
  /** Changes what the account's owner sets in the Dashboard. */
  dashboard(settings: Partial<BillingSettings>): void;
  /** Whether a condition of the path holds in this run. */
  holds(condition: string): boolean;
};

/** One way a scenario happens: in the classic era, with today's API, or a variant of it. */
export type Path = {
  /** Each step in the order it happens: who does what. */
  steps: Record<string, string>;
  /** What some events depend on. Every run holds them all, or all but one. */
  conditions?: Record<string, string>;
  run(stage: Stage): Promise<void>;
  /** Every event, in the order in which it is told. */
  fires: Fire[];
};

/** What the scenarios besides those of the cheat sheet are about, in the order in which they are shown. */
export const GROUPS = [
  'Payments',
  'Bank debits and transfers',
  'Refunds and disputes',
  'Subscriptions',
  'Invoices',
  'Quotes and schedules',
  'Usage',
  'Customers',
  'Products and prices',
] as const;

export type Scenario = {
  id: string;
  title: string;
  /** What happens, as the customer would tell it. */
  story: string;
  pitfalls: string[];
  paths: Record<string, Path>;
} & (
  | {
      /** Its number on the original cheat sheet, which is a group of its own. */
      number: number;
      group?: never;
    }
  | { number?: never; group: (typeof GROUPS)[number] }
);

const TITLES: Record<string, string> = { classic: 'The classic way', current: 'Today’s way' };

/** How a heading names a path. */
export const pathTitle = (path: string): string => TITLES[path] ?? `Variant: ${path.replaceAll(/[-_]/g, ' ')}`;

/** Declares a scenario: the calls, and exactly the events they fire. Everything else is made from its runs. */
export const defineScenario = (scenario: Scenario): Scenario => scenario;
