import type { AccountMark, ClaimedEvent } from '../../store/store.ts';

const DEAUTHORIZED = 'account.application.deauthorized';
const AUTHORIZED = 'account.application.authorized';

/** What an event says of its account's access; undefined for any other event. */
export function accountMark({ type, account, created, id, state }: ClaimedEvent): AccountMark | undefined {
  if ((type !== DEAUTHORIZED && type !== AUTHORIZED) || account === '' || state !== 'pending') return undefined;
  return { account, deauthorized: type === DEAUTHORIZED, since: created, eventId: id };
}

/** Whether the API can be asked about an event although its account withdrew its access: about these two, always. */
export const isAboutAccess = (type: string): boolean => type === DEAUTHORIZED || type === AUTHORIZED;
