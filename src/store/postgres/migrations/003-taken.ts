/**
 * An event taken up by the commit that stores it is written as done from the start, and its lane's row says that it is not
 * yet: when it is, that row goes, and the event's own is not written a second time.
 */
export const sql = (s: string): string => /* sql */ `
ALTER TABLE ${s}.lanes
  ADD COLUMN taken bigint,                       -- the event that is in hand while this is set, whatever its own row says
  ADD COLUMN more  boolean NOT NULL DEFAULT false -- something became due in it since then
`;
