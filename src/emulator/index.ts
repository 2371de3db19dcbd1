export type { Act } from './act.ts';
export { createEmulator, type Emulator, type EmulatorOptions, type OpenWorld, type WebhookTarget } from './emulator.ts';
export { listen, type Listening } from './listen.ts';
export type { BillingSettings } from './resources/billing/settings.ts';
export { parseSpan } from './span.ts';
export type { Delivery, Attempt } from './delivery/queue.ts';
export type { LoggedEvent, Truth } from './world/event-log.ts';
