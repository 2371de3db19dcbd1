/**
 * The same tables with conditions that have no `IN`: SQLite makes a table in memory of such a list each time it looks at
 * one, several times for each event that is stored or finished.
 */
export const sql = /* sql */ `
CREATE TABLE new_events (
  seq              INTEGER PRIMARY KEY AUTOINCREMENT, -- order of arrival
  account          TEXT    NOT NULL,                  -- '' for the platform: NULLs would not collide
  id               TEXT    NOT NULL,
  type             TEXT    NOT NULL,
  created          INTEGER NOT NULL,                  -- seconds; every other time is milliseconds
  livemode         INTEGER,
  api_version      TEXT,
  object           TEXT    NOT NULL,
  object_id        TEXT    NOT NULL,
  lane             TEXT    NOT NULL,
  valid            INTEGER,                           -- 1, 0, NULL: not yet known
  proof            TEXT,
  reason           TEXT,
  state            TEXT    NOT NULL CHECK (state = 'pending' OR state = 'processing' OR state = 'retrying'
                                           OR state = 'done' OR state = 'dead' OR state = 'refused'),
  ready_at         INTEGER,
  attempts         INTEGER NOT NULL DEFAULT 0,        -- to verify it against the API
  twin_of          TEXT,
  deliveries       INTEGER NOT NULL DEFAULT 1,
  received_at      INTEGER NOT NULL,
  last_received_at INTEGER NOT NULL,
  finished_at      INTEGER,
  redacted         TEXT                               -- the masked fields, as a JSON list
) STRICT;
INSERT INTO new_events
  SELECT seq, account, id, type, created, livemode, api_version, object, object_id, lane, valid, proof, reason, state,
         ready_at, attempts, twin_of, deliveries, received_at, last_received_at, finished_at, redacted
  FROM events;
-- Numbers of events that were deleted are not given out again.
DELETE FROM sqlite_sequence WHERE name = 'new_events';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_events', seq FROM sqlite_sequence WHERE name = 'events';
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;

-- Over proven events only: a forged body that came first must not swallow the real one.
CREATE UNIQUE INDEX events_key ON events (id, account) WHERE valid = 1;
CREATE INDEX events_unproven ON events (id, account) WHERE valid IS NULL OR valid = 0;
CREATE INDEX events_lane ON events (lane, created);
CREATE INDEX events_open ON events (lane, created)
  WHERE state = 'pending' OR state = 'processing' OR state = 'retrying';
CREATE INDEX events_dead ON events (lane) WHERE state = 'dead';
CREATE INDEX events_refused ON events (state) WHERE state = 'refused';

CREATE TABLE new_handler_records (
  seq        INTEGER NOT NULL,
  handler    TEXT    NOT NULL,
  state      TEXT    NOT NULL CHECK (state = 'pending' OR state = 'retrying' OR state = 'done' OR state = 'dead'
                                     OR state = 'skipped'),
  attempts   INTEGER NOT NULL,
  failures   INTEGER NOT NULL,
  next_at    INTEGER,
  late       INTEGER NOT NULL,
  error      TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (seq, handler)
) STRICT, WITHOUT ROWID;
INSERT INTO new_handler_records SELECT * FROM handler_records;
DROP TABLE handler_records;
ALTER TABLE new_handler_records RENAME TO handler_records;
`;
