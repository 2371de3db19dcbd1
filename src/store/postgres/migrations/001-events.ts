/** Events, what is to be done with them, and the mirror. `s` is the schema, quoted. */
export const sql = (s: string): string => /* sql */ `
CREATE SEQUENCE ${s}.events_seq CACHE 1;

-- Names compare by bytes: that is faster, the same on every machine, and what SQLite does.
CREATE TABLE ${s}.events (
  seq              bigint  PRIMARY KEY,                -- order of arrival
  account          text    COLLATE "C" NOT NULL,       -- '' for the platform: NULLs would not collide
  id               text    COLLATE "C" NOT NULL,
  type             text    COLLATE "C" NOT NULL,
  created          bigint  NOT NULL,                   -- seconds; every other time is milliseconds
  livemode         boolean,
  api_version      text,
  object           text    COLLATE "C" NOT NULL,
  object_id        text    COLLATE "C" NOT NULL,
  lane             text    COLLATE "C" NOT NULL,
  valid            boolean,                            -- NULL: not yet known
  proof            text,
  reason           text,
  state            text    COLLATE "C" NOT NULL CHECK (state IN ('pending', 'processing', 'retrying', 'done', 'dead', 'refused')),
  ready_at         bigint,
  attempts         integer NOT NULL DEFAULT 0,         -- to verify it against the API
  twin_of          text,
  deliveries       integer NOT NULL,
  received_at      bigint  NOT NULL,
  last_received_at bigint  NOT NULL,
  finished_at      bigint,
  redacted         jsonb                               -- the masked fields
);

-- Over proven events only: a forged body that came first must not swallow the real one.
CREATE UNIQUE INDEX events_key ON ${s}.events (id, account) WHERE valid;
CREATE INDEX events_unproven ON ${s}.events (id, account) WHERE valid IS NOT TRUE;
CREATE INDEX events_lane ON ${s}.events (lane, created);
CREATE INDEX events_open ON ${s}.events (lane, created) WHERE state IN ('pending', 'processing', 'retrying');
CREATE INDEX events_dead ON ${s}.events (lane) WHERE state = 'dead';
CREATE INDEX events_refused ON ${s}.events (seq) WHERE state = 'refused';
CREATE INDEX events_deletions ON ${s}.events (lane) WHERE type LIKE '%.deleted';

-- Apart from the events: PostgreSQL writes a whole row anew to change one column of it.
CREATE TABLE ${s}.payloads (
  seq      bigint PRIMARY KEY,
  body     bytea  NOT NULL, -- as received
  verified bytea            -- the API's copy
);

CREATE TABLE ${s}.handler_records (
  seq        bigint  NOT NULL,
  handler    text    COLLATE "C" NOT NULL,
  state      text    COLLATE "C" NOT NULL CHECK (state IN ('pending', 'retrying', 'done', 'dead', 'skipped')),
  attempts   integer NOT NULL,
  failures   integer NOT NULL,
  next_at    bigint,
  late       boolean NOT NULL,
  error      text,
  updated_at bigint  NOT NULL,
  PRIMARY KEY (seq, handler)
);

-- One row for each object with something left to do: the lease on it is what keeps two of its events apart.
CREATE TABLE ${s}.lanes (
  lane   text   COLLATE "C" PRIMARY KEY,
  due_at bigint NOT NULL, -- while leased: when the lease ends
  owner  text   COLLATE "C",
  lease  bigint NOT NULL DEFAULT 0
)
-- Every row lives for milliseconds: room for its new versions, and vacuum before the dead ones are many.
WITH (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX lanes_due ON ${s}.lanes (due_at);

CREATE TABLE ${s}.refused (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reason      text   NOT NULL,
  detail      text   NOT NULL,
  signature   text   NOT NULL,
  size        bigint NOT NULL,
  body        bytea  NOT NULL,
  received_at bigint NOT NULL
);

CREATE TABLE ${s}.mirror (
  object     text    COLLATE "C" NOT NULL,
  account    text    COLLATE "C" NOT NULL,
  id         text    COLLATE "C" NOT NULL,
  doc        jsonb   NOT NULL,
  exact      text,             -- the JSON, where jsonb cannot hold all of it: "\\u0000" and half surrogate pairs
  event_id   text    NOT NULL,
  created    bigint  NOT NULL, -- the event's, in seconds
  ties       integer NOT NULL,
  deleted    boolean NOT NULL,
  ambiguous  boolean NOT NULL,
  updated_at bigint  NOT NULL,
  PRIMARY KEY (object, account, id)
);

-- Connected accounts that withdrew their access, or gave it again after that.
CREATE TABLE ${s}.accounts (
  account      text    COLLATE "C" PRIMARY KEY,
  deauthorized boolean NOT NULL,
  since        bigint  NOT NULL, -- seconds
  event_id     text    NOT NULL
);

-- Which secrets proved deliveries, and when last.
CREATE TABLE ${s}.proofs (proof text COLLATE "C" PRIMARY KEY, at bigint NOT NULL);

-- How far commands have come.
CREATE TABLE ${s}.notes (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);
`;
