import { buildWeb } from '../../scripts/build-web.ts';

/** Every test sees the web app as its sources are. */
export const setup = (): Promise<void> => buildWeb({ ifNeeded: true });
