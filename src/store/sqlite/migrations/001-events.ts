/** Events, what is to be done with them, and the mirror. */
export const sql = /* sql */ `
CREATE TABLE events (
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
  state            TEXT    NOT NULL CHECK (state IN ('pending', 'processing', 'retrying', 'done', 'dead', 'refused')),
  ready_at         INTEGER,
  attempts         INTEGER NOT NULL DEFAULT 0,        -- to verify it against the API
  twin_of          TEXT,
  deliveries       INTEGER NOT NULL DEFAULT 1,
  received_at      INTEGER NOT NULL,
  last_received_at INTEGER NOT NULL,
  finished_at      INTEGER
) STRICT;

-- Over proven events only: a forged body that came first must not swallow the real one.
CREATE UNIQUE INDEX events_key ON events (id, account) WHERE valid = 1;
CREATE INDEX events_unproven ON events (id, account) WHERE valid IS NULL OR valid = 0;
CREATE INDEX events_lane ON events (lane, created);
CREATE INDEX events_open ON events (lane, created) WHERE state IN ('pending', 'processing', 'retrying');
CREATE INDEX events_dead ON events (lane) WHERE state = 'dead';
CREATE INDEX events_refused ON events (state) WHERE state = 'refused';

-- Apart from the events, because SQLite rewrites a whole row to change one column of it.
CREATE TABLE payloads (
  seq      INTEGER PRIMARY KEY,
  body     BLOB NOT NULL, -- as received
  verified BLOB           -- the API's copy
) STRICT;

CREATE TABLE handler_records (
  seq        INTEGER NOT NULL,
  handler    TEXT    NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('pending', 'retrying', 'done', 'dead', 'skipped')),
  attempts   INTEGER NOT NULL,
  failures   INTEGER NOT NULL,
  next_at    INTEGER,
  late       INTEGER NOT NULL,
  error      TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (seq, handler)
) STRICT, WITHOUT ROWID;

-- One row for each object with something left to do: the lease on it is what keeps two of its events apart.
CREATE TABLE lanes (
  lane   TEXT    PRIMARY KEY,
  due_at INTEGER NOT NULL, -- while leased: when the lease ends
  owner  TEXT,
  lease  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX lanes_due ON lanes (due_at);

CREATE TABLE refused (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  reason      TEXT    NOT NULL,
  detail      TEXT    NOT NULL,
  signature   TEXT    NOT NULL,
  size        INTEGER NOT NULL,
  body        BLOB    NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;

CREATE TABLE mirror (
  key        INTEGER PRIMARY KEY,
  object     TEXT    NOT NULL,
  account    TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  json       TEXT    NOT NULL,
  event_id   TEXT    NOT NULL,
  created    INTEGER NOT NULL, -- the event's, in seconds
  ties       INTEGER NOT NULL,
  deleted    INTEGER NOT NULL,
  ambiguous  INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mirror_key ON mirror (object, account, id);

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
