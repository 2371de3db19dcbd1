/** Where an object of the mirror is shown; of the platform's own when no account is named. */
export const addressOf = (object: string, id: string, account = ''): string =>
  `/objects/${object}/${encodeURIComponent(id)}${account ? `?account=${encodeURIComponent(account)}` : ''}`;
