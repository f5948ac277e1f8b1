-- The first schema. Days are counted from 1970-01-01, money is in minor units, a custom field and
-- whatever else is no single value is JSON. The columns of a record are the fields of its type.

-- One command that wrote.
CREATE TABLE operation (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  "by" TEXT NOT NULL,
  at TEXT NOT NULL,
  summary TEXT NOT NULL,
  source TEXT,
  cause INTEGER REFERENCES operation (id),
  undone_by INTEGER REFERENCES operation (id)
) STRICT;
CREATE INDEX operation_cause ON operation (cause) WHERE cause IS NOT NULL;

-- What an operation did to a sort of records: the ids it gave lie between `first` and `last`.
CREATE TABLE touched (
  operation INTEGER NOT NULL REFERENCES operation (id),
  entity TEXT NOT NULL,
  first INTEGER,
  last INTEGER,
  made INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (operation, entity)
) STRICT, WITHOUT ROWID;

-- The next id of each sort, never given twice, and how many records there are.
CREATE TABLE sequence (
  entity TEXT PRIMARY KEY,
  next INTEGER NOT NULL,
  "rows" INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Versions of records that an operation replaced or removed: for undo, and for reading customers
-- as of an earlier day. A version of a customer held up to, but not on, the day `until`.
CREATE TABLE superseded (
  entity TEXT NOT NULL,
  id INTEGER NOT NULL,
  replaced_by INTEGER NOT NULL REFERENCES operation (id),
  made_by INTEGER NOT NULL REFERENCES operation (id),
  until INTEGER,
  body TEXT NOT NULL,
  PRIMARY KEY (entity, id, replaced_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX superseded_by ON superseded (replaced_by);
CREATE INDEX superseded_made ON superseded (made_by);
CREATE INDEX superseded_until ON superseded (until) WHERE until IS NOT NULL;

-- Names and external ids, folded, by which records are found.
CREATE TABLE lookup (
  entity TEXT NOT NULL,
  folded TEXT NOT NULL,
  id INTEGER NOT NULL,
  external INTEGER NOT NULL,
  PRIMARY KEY (entity, folded, id, external)
) STRICT, WITHOUT ROWID;

-- Customers by the ids that they have in other systems.
CREATE TABLE external_id (
  system TEXT NOT NULL,
  external TEXT NOT NULL,
  customer INTEGER NOT NULL,
  PRIMARY KEY (system, external, customer)
) STRICT, WITHOUT ROWID;

CREATE TABLE rep (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  external_id TEXT,
  manager TEXT,
  region TEXT,
  email TEXT,
  lat REAL,
  lon REAL,
  fields TEXT,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;

CREATE TABLE product (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  external_id TEXT,
  category TEXT,
  price INTEGER,
  fields TEXT,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;

CREATE TABLE customer (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  external_ids TEXT,
  owner INTEGER REFERENCES rep (id),
  place TEXT,
  lat REAL,
  lon REAL,
  phone TEXT,
  email TEXT,
  birthday INTEGER,
  parent INTEGER REFERENCES customer (id),
  source TEXT,
  consent INTEGER,
  tags TEXT,
  archived INTEGER,
  known INTEGER,
  fields TEXT,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;
CREATE INDEX customer_parent ON customer (parent) WHERE parent IS NOT NULL;

CREATE TABLE contact (
  id INTEGER PRIMARY KEY,
  customer INTEGER NOT NULL REFERENCES customer (id),
  name TEXT NOT NULL,
  external_id TEXT,
  role TEXT,
  department TEXT,
  influence TEXT,
  coach INTEGER,
  birthday INTEGER,
  phone TEXT,
  email TEXT,
  wechat TEXT,
  known INTEGER,
  fields TEXT,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;
CREATE INDEX contact_customer ON contact (customer);

CREATE TABLE deal (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  external_id TEXT,
  customer INTEGER REFERENCES customer (id),
  rep INTEGER REFERENCES rep (id),
  pipeline TEXT NOT NULL,
  product INTEGER REFERENCES product (id),
  amount INTEGER,
  expected_close INTEGER,
  fields TEXT,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;
CREATE INDEX deal_customer ON deal (customer);

CREATE TABLE deal_event (
  id INTEGER PRIMARY KEY,
  deal INTEGER NOT NULL REFERENCES deal (id),
  happened INTEGER NOT NULL,
  minute INTEGER,
  stage TEXT NOT NULL,
  "by" INTEGER REFERENCES rep (id),
  reason TEXT,
  overruled TEXT,
  amount INTEGER,
  known INTEGER,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;
CREATE INDEX deal_event_deal ON deal_event (deal, happened, minute);

-- The words for kinds of interactions, numbered from 0 without a gap.
CREATE TABLE kind (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Clustered as scoring reads it; what a scan asks for comes first, what it never asks for last.
CREATE TABLE interaction (
  customer INTEGER NOT NULL REFERENCES customer (id),
  happened INTEGER NOT NULL,
  id INTEGER NOT NULL,
  kind INTEGER NOT NULL REFERENCES kind (number),
  known INTEGER,
  amount INTEGER,
  margin INTEGER,
  rep INTEGER REFERENCES rep (id),
  contact INTEGER REFERENCES contact (id),
  deal INTEGER REFERENCES deal (id),
  product INTEGER REFERENCES product (id),
  quantity REAL,
  minute INTEGER,
  channel TEXT,
  outcome TEXT,
  mood TEXT,
  about INTEGER REFERENCES interaction (id),
  state TEXT,
  due INTEGER,
  fields TEXT,
  "text" TEXT,
  external_id TEXT,
  identity INTEGER,
  operation INTEGER NOT NULL REFERENCES operation (id),
  PRIMARY KEY (customer, happened, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX interaction_id ON interaction (id);
CREATE INDEX interaction_external ON interaction (kind, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX interaction_about ON interaction (about) WHERE about IS NOT NULL;

CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  what TEXT NOT NULL,
  customer INTEGER REFERENCES customer (id),
  deal INTEGER REFERENCES deal (id),
  rep INTEGER REFERENCES rep (id),
  due INTEGER NOT NULL,
  state TEXT NOT NULL,
  since INTEGER,
  until INTEGER,
  reason TEXT,
  origin TEXT,
  "key" TEXT,
  known INTEGER NOT NULL,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;
CREATE INDEX task_customer ON task (customer) WHERE customer IS NOT NULL;

CREATE TABLE target (
  id INTEGER PRIMARY KEY,
  rep INTEGER REFERENCES rep (id),
  measure TEXT NOT NULL,
  "from" INTEGER NOT NULL,
  "to" INTEGER NOT NULL,
  value REAL NOT NULL,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;

CREATE TABLE override (
  id INTEGER PRIMARY KEY,
  customer INTEGER NOT NULL REFERENCES customer (id),
  "column" TEXT NOT NULL,
  value TEXT NOT NULL,
  until INTEGER,
  reason TEXT NOT NULL,
  "by" TEXT NOT NULL,
  known INTEGER NOT NULL,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;
CREATE INDEX override_customer ON override (customer);

CREATE TABLE plan (
  id INTEGER PRIMARY KEY,
  rep INTEGER NOT NULL REFERENCES rep (id),
  "from" INTEGER NOT NULL,
  "to" INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  body TEXT NOT NULL,
  operation INTEGER NOT NULL REFERENCES operation (id)
) STRICT;

-- A pack as runs used it: kept once for all that used it unchanged.
CREATE TABLE pack (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX pack_hash ON pack (name, hash);

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  operation INTEGER NOT NULL REFERENCES operation (id),
  base INTEGER REFERENCES operation (id),
  as_of INTEGER NOT NULL,
  whole INTEGER NOT NULL,
  stale INTEGER NOT NULL,
  header TEXT NOT NULL
) STRICT;

CREATE TABLE run_part (
  run INTEGER NOT NULL REFERENCES run (id),
  name TEXT NOT NULL,
  batch INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (run, name, batch)
) STRICT;

CREATE TABLE label_change (
  run INTEGER NOT NULL REFERENCES run (id),
  customer INTEGER NOT NULL,
  "column" TEXT NOT NULL,
  "from" TEXT,
  "to" TEXT,
  PRIMARY KEY (run, customer, "column")
) STRICT, WITHOUT ROWID;
