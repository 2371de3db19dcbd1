/** What operating a receiver needs. */
export const sql = /* sql */ `
ALTER TABLE events ADD COLUMN redacted TEXT; -- the masked fields, as a JSON list

-- Connected accounts that withdrew their access, or gave it again after that.
CREATE TABLE accounts (
  account      TEXT    PRIMARY KEY,
  deauthorized INTEGER NOT NULL,
  since        INTEGER NOT NULL, -- seconds
  event_id     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Which secrets proved deliveries, and when last.
CREATE TABLE proofs (proof TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;
