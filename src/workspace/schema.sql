-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The workspace, schema 1. Units: money in minor units of the row's currency; *_milli in thousandths of
-- the base unit; *_ppm in millionths; day = days since 1970-01-01; *_at = seconds since 1970-01-01 UTC.
-- "Shelf price": what stands on the store's shelf, gross where store.prices_include_tax = 1, else net.
-- The triggers that hold the rules are in rules.sql.
-- is_generated = 1 marks a row that the sample's generator made up.

PRAGMA application_id = 0x4169736C; -- "Aisl"

CREATE TABLE setting (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- names in use: currency (reporting), is_sample, created_at, workspace_id, last_sales_day, key_id,
-- key_fingerprint, suppression_key_fingerprint, log_key_fingerprint

-- Which columns of which tables the sample's generator filled in, for the "generated" mark.
CREATE TABLE generated_field (
  table_name TEXT NOT NULL,
  field TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (table_name, field)
) STRICT, WITHOUT ROWID;

---------------------------------------------------------------- people who work here

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (length (name) BETWEEN 1 AND 80),
  roles TEXT NOT NULL,            -- comma list in the order of approval's role names
  secret_hash TEXT NOT NULL,      -- yescrypt, as crypt(5) writes it
  is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  failures INTEGER NOT NULL DEFAULT 0,
  locked_until_at INTEGER NOT NULL DEFAULT 0,
  added_at INTEGER NOT NULL,
  added_by INTEGER REFERENCES person (id),
  confirmed_by INTEGER REFERENCES person (id)
) STRICT;

-- A new person, role or secret that waits for somebody else's confirmation.
CREATE TABLE person_request (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  roles TEXT,                     -- NULL: unchanged
  secret_hash TEXT,               -- NULL: unchanged
  scope TEXT,                     -- comma list of store codes; NULL: unchanged or all
  requested_by INTEGER NOT NULL REFERENCES person (id),
  requested_at INTEGER NOT NULL,
  confirmed_by INTEGER REFERENCES person (id),
  confirmed_at INTEGER,
  closed_at INTEGER,              -- done, or replaced by a later request for the same name
  CHECK (confirmed_by IS NULL OR confirmed_by <> requested_by)
) STRICT;
CREATE UNIQUE INDEX person_request_open ON person_request (name) WHERE closed_at IS NULL;

-- No row: all stores and categories.
CREATE TABLE person_scope (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  store_id INTEGER REFERENCES store (id),
  category_id INTEGER REFERENCES category (id),
  CHECK ((store_id IS NULL) <> (category_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX person_scope_once ON person_scope (person_id, ifnull (store_id, -1), ifnull (category_id, -1));

CREATE TABLE delegation (
  id INTEGER PRIMARY KEY,
  from_person INTEGER NOT NULL REFERENCES person (id),
  to_person INTEGER NOT NULL REFERENCES person (id),
  until_at INTEGER NOT NULL,
  CHECK (from_person <> to_person)
) STRICT;

---------------------------------------------------------------- the log

-- chain = SHA-256 (previous chain | seq | at | person | action | object | payload digest);
-- payload digest = SHA-256 (salt | payload). Payloads lie apart and may be erased.
CREATE TABLE log_entry (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  person_id INTEGER REFERENCES person (id), -- NULL: automatic
  action TEXT NOT NULL,                     -- import, change.approve, push, staff.add, ...
  object TEXT NOT NULL,                     -- "change 41", "store DE"
  payload_digest BLOB NOT NULL CHECK (length (payload_digest) = 32),
  chain BLOB NOT NULL CHECK (length (chain) = 32)
) STRICT;
CREATE TABLE log_payload (
  seq INTEGER PRIMARY KEY REFERENCES log_entry (seq),
  salt BLOB NOT NULL CHECK (length (salt) = 16),
  payload TEXT NOT NULL                     -- JSON: before, after, reason, counts
) STRICT;
-- One row: the last entry, authenticated with the log's key (HMAC-SHA-256 over seq | branch | chain).
CREATE TABLE log_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  branch TEXT NOT NULL DEFAULT '', -- a restored copy of the workspace goes its own way from there
  chain BLOB NOT NULL,
  mac BLOB NOT NULL
) STRICT;

---------------------------------------------------------------- range

CREATE TABLE category (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  parent_id INTEGER REFERENCES category (id),
  from_day INTEGER,
  to_day INTEGER,
  CHECK (parent_id IS NULL OR parent_id <> id)
) STRICT;

CREATE TABLE product (
  id INTEGER PRIMARY KEY,
  sku TEXT NOT NULL UNIQUE CHECK (length (sku) BETWEEN 1 AND 100),
  style TEXT,
  size TEXT,
  color TEXT,
  name TEXT NOT NULL DEFAULT '',
  brand TEXT,
  own_brand INTEGER NOT NULL DEFAULT 0 CHECK (own_brand IN (0, 1)),
  season TEXT,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'delisted', 'planned', 'service')),
  launched_day INTEGER,
  ends_day INTEGER,
  category_id INTEGER REFERENCES category (id),
  tax_class TEXT,
  base_unit TEXT NOT NULL DEFAULT 'each',
  is_weighed INTEGER NOT NULL DEFAULT 0 CHECK (is_weighed IN (0, 1)),
  content_milli INTEGER CHECK (content_milli > 0),
  content_unit TEXT,
  shelf_life_days INTEGER CHECK (shelf_life_days > 0),
  image TEXT
) STRICT;
CREATE INDEX product_by_category ON product (category_id);
-- status 'service': postage, fees, vouchers: in the receipts, but no goods: never forecast or priced

CREATE TABLE product_name (
  product_id INTEGER NOT NULL REFERENCES product (id) ON DELETE CASCADE,
  language TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (product_id, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE product_attribute (
  product_id INTEGER NOT NULL REFERENCES product (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  is_protected INTEGER NOT NULL DEFAULT 0 CHECK (is_protected IN (0, 1)),
  PRIMARY KEY (product_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE barcode (
  code TEXT PRIMARY KEY NOT NULL,
  product_id INTEGER NOT NULL REFERENCES product (id) ON DELETE CASCADE,
  units_per_scan INTEGER NOT NULL DEFAULT 1 CHECK (units_per_scan > 0),
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX barcode_by_product ON barcode (product_id);

CREATE TABLE pack (
  product_id INTEGER NOT NULL REFERENCES product (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  factor_milli INTEGER NOT NULL CHECK (factor_milli > 0),
  PRIMARY KEY (product_id, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE supplier (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',
  country TEXT,
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1))
) STRICT;

CREATE TABLE product_supplier (
  product_id INTEGER NOT NULL REFERENCES product (id) ON DELETE CASCADE,
  supplier_id INTEGER NOT NULL REFERENCES supplier (id) ON DELETE CASCADE,
  from_day INTEGER NOT NULL,
  supplier_sku TEXT,
  case_pack INTEGER NOT NULL DEFAULT 1 CHECK (case_pack > 0),
  inner_pack INTEGER CHECK (inner_pack > 0),
  minimum_milli INTEGER NOT NULL DEFAULT 0 CHECK (minimum_milli >= 0),
  cost_minor INTEGER CHECK (cost_minor >= 0),
  currency TEXT,
  lead_time_days INTEGER CHECK (lead_time_days >= 0),
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1)),
  PRIMARY KEY (product_id, supplier_id, from_day)
) STRICT, WITHOUT ROWID;

-- Net cost of one base unit.
CREATE TABLE cost (
  product_id INTEGER NOT NULL REFERENCES product (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'landed', 'funded')),
  from_day INTEGER NOT NULL,
  supplier_id INTEGER REFERENCES supplier (id),
  net_minor INTEGER NOT NULL CHECK (net_minor >= 0),
  currency TEXT NOT NULL,
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1)),
  PRIMARY KEY (product_id, kind, from_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE tax_rate (
  country TEXT NOT NULL,
  tax_class TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  rate_ppm INTEGER NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
  PRIMARY KEY (country, tax_class, from_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE fx_rate (
  currency TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  rate TEXT NOT NULL,             -- decimal text: one unit of currency in the reporting currency
  PRIMARY KEY (currency, from_day)
) STRICT, WITHOUT ROWID;

---------------------------------------------------------------- places and time

CREATE TABLE system (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  secret_name TEXT,               -- where the token lies in the keyring; never the token
  batch_size INTEGER CHECK (batch_size > 0), -- NULL: the connector's own
  trial_store_id INTEGER REFERENCES store (id),
  failures INTEGER NOT NULL DEFAULT 0,
  open_until_at INTEGER NOT NULL DEFAULT 0, -- circuit breaker
  last_ok_at INTEGER,
  last_error TEXT
) STRICT;

CREATE TABLE store (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE CHECK (length (code) BETWEEN 1 AND 60),
  name TEXT NOT NULL DEFAULT '',
  channel TEXT NOT NULL DEFAULT 'shop' CHECK (channel IN ('shop', 'web', 'app', 'kiosk', 'warehouse')),
  currency TEXT NOT NULL CHECK (length (currency) = 3),
  country TEXT,
  region TEXT,
  zone TEXT NOT NULL DEFAULT 'UTC',
  prices_include_tax INTEGER NOT NULL DEFAULT 1 CHECK (prices_include_tax IN (0, 1)),
  format TEXT,
  opening_days INTEGER NOT NULL DEFAULT 127, -- bit 0 = Monday .. bit 6 = Sunday
  opened_day INTEGER,
  closed_day INTEGER,
  in_totals INTEGER NOT NULL DEFAULT 1 CHECK (in_totals IN (0, 1)),
  system_id INTEGER REFERENCES system (id),
  system_code TEXT,               -- the store's code in its system; NULL: the same
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1))
) STRICT;

CREATE TABLE store_group (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,             -- price zone, region, format, like-for-like
  name TEXT NOT NULL,
  UNIQUE (kind, name)
) STRICT;
CREATE TABLE store_group_member (
  group_id INTEGER NOT NULL REFERENCES store_group (id) ON DELETE CASCADE,
  store_id INTEGER NOT NULL REFERENCES store (id) ON DELETE CASCADE,
  from_day INTEGER NOT NULL,
  to_day INTEGER,
  PRIMARY KEY (group_id, store_id, from_day)
) STRICT, WITHOUT ROWID;

-- Attributes of a store's surroundings, for audits without customer data.
CREATE TABLE area (
  store_id INTEGER NOT NULL REFERENCES store (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  is_protected INTEGER NOT NULL DEFAULT 0 CHECK (is_protected IN (0, 1)),
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1)),
  PRIMARY KEY (store_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE listing (
  store_id INTEGER NOT NULL REFERENCES store (id) ON DELETE CASCADE,
  product_id INTEGER NOT NULL REFERENCES product (id) ON DELETE CASCADE,
  from_day INTEGER NOT NULL,
  to_day INTEGER,
  shelf TEXT,
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1)),
  PRIMARY KEY (store_id, product_id, from_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE calendar_day (
  day INTEGER NOT NULL,
  country TEXT NOT NULL DEFAULT '', -- '' = everywhere
  region TEXT NOT NULL DEFAULT '',
  fiscal_year INTEGER,
  fiscal_week INTEGER CHECK (fiscal_week BETWEEN 1 AND 53),
  holiday TEXT,
  event TEXT,
  is_closed INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1)),
  PRIMARY KEY (day, country, region)
) STRICT, WITHOUT ROWID;

---------------------------------------------------------------- customers, as pseudonyms

CREATE TABLE customer (
  id INTEGER PRIMARY KEY,
  pseudonym BLOB NOT NULL UNIQUE CHECK (length (pseudonym) = 16),
  key_id TEXT NOT NULL,
  country TEXT,
  restricted INTEGER NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1))
) STRICT;
CREATE TABLE customer_alias (
  hash BLOB NOT NULL CHECK (length (hash) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('number', 'card', 'email', 'phone')),
  customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  PRIMARY KEY (kind, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_attribute (
  customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  is_protected INTEGER NOT NULL DEFAULT 0 CHECK (is_protected IN (0, 1)),
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1)),
  PRIMARY KEY (customer_id, name)
) STRICT, WITHOUT ROWID;
-- Erased people, hashed with a second key: tested on every import.
CREATE TABLE suppression (
  hash BLOB PRIMARY KEY NOT NULL CHECK (length (hash) = 16),
  since_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

---------------------------------------------------------------- sales

CREATE TABLE receipt (
  id INTEGER PRIMARY KEY,
  store_id INTEGER NOT NULL REFERENCES store (id),
  number TEXT NOT NULL,
  day INTEGER NOT NULL,           -- in the store's zone
  at INTEGER NOT NULL,
  customer_id INTEGER REFERENCES customer (id),
  till TEXT,
  cashier BLOB,                   -- pseudonym
  tender TEXT,
  fulfilment TEXT,
  content_hash BLOB,              -- of the lines as imported: an equal receipt is left alone
  UNIQUE (store_id, number)
) STRICT;
CREATE INDEX receipt_by_customer ON receipt (customer_id, day) WHERE customer_id IS NOT NULL;
CREATE INDEX receipt_by_day ON receipt (day);

-- One row a line as it came, in the file's order within its receipt. Prices are net unless the import
-- said gross; both stand here, the tax between them.
CREATE TABLE sale_line (
  receipt_id INTEGER NOT NULL REFERENCES receipt (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,          -- 1, 2, ... within the receipt
  product_id INTEGER NOT NULL REFERENCES product (id),
  kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2)), -- 0 sale, 1 return or cancellation, 2 void
  quantity_milli INTEGER NOT NULL, -- negative for returns
  list_minor INTEGER,             -- shelf price of a unit, where the file has it
  net_minor INTEGER NOT NULL,     -- of the line, after discount
  tax_minor INTEGER NOT NULL DEFAULT 0,
  discount_minor INTEGER NOT NULL DEFAULT 0,
  unit_net_micro INTEGER NOT NULL, -- net price paid for a unit in millionths of a major unit
  cost_minor INTEGER,             -- at sale
  promotion TEXT,
  original_receipt TEXT,
  reason TEXT,
  flags INTEGER NOT NULL DEFAULT 0, -- 1 exact duplicate of an earlier line, 2 cancelled within 7 days, 4 price implausible
  PRIMARY KEY (receipt_id, line)
) STRICT, WITHOUT ROWID;
-- No index by product: sale_day tells on which days a product was sold, receipt_by_day their receipts.

CREATE TABLE sale_day (
  store_id INTEGER NOT NULL REFERENCES store (id),
  product_id INTEGER NOT NULL REFERENCES product (id),
  day INTEGER NOT NULL,
  units_milli INTEGER NOT NULL,           -- sold
  returns_milli INTEGER NOT NULL DEFAULT 0, -- brought back or cancelled, 0 or more
  demand_milli INTEGER NOT NULL,          -- sold, less what was cancelled within 7 days: forecast this
  net_minor INTEGER NOT NULL DEFAULT 0,   -- net value of sales less returns
  tax_minor INTEGER NOT NULL DEFAULT 0,
  cost_minor INTEGER,
  is_promotion INTEGER NOT NULL DEFAULT 0 CHECK (is_promotion IN (0, 1)),
  is_available INTEGER CHECK (is_available IN (0, 1)), -- NULL: not known
  source INTEGER NOT NULL DEFAULT 0 CHECK (source IN (0, 1)), -- 0 from receipt lines, 1 imported as daily totals
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1)),
  PRIMARY KEY (store_id, product_id, day)
) STRICT, WITHOUT ROWID;

---------------------------------------------------------------- stock

CREATE TABLE stock_day (
  store_id INTEGER NOT NULL REFERENCES store (id),
  product_id INTEGER NOT NULL REFERENCES product (id),
  day INTEGER NOT NULL,
  on_hand_milli INTEGER NOT NULL,
  reserved_milli INTEGER NOT NULL DEFAULT 0,
  on_order_milli INTEGER NOT NULL DEFAULT 0, -- in transit and ordered
  source TEXT NOT NULL DEFAULT 'import' CHECK (source IN ('import', 'pulled', 'counted')),
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1)),
  PRIMARY KEY (store_id, product_id, day)
) STRICT, WITHOUT ROWID;

---------------------------------------------------------------- prices

-- Every price in force. to_at is exclusive; NULL: until the next.
CREATE TABLE price_ledger (
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES product (id),
  store_id INTEGER NOT NULL REFERENCES store (id),
  currency TEXT NOT NULL CHECK (length (currency) = 3),
  kind TEXT NOT NULL DEFAULT 'regular' CHECK (kind IN ('regular', 'promotion', 'clearance', 'member')),
  gross_minor INTEGER NOT NULL CHECK (gross_minor >= 0),
  net_minor INTEGER NOT NULL CHECK (net_minor >= 0),
  tax_rate_ppm INTEGER NOT NULL CHECK (tax_rate_ppm >= 0),
  from_at INTEGER NOT NULL,
  to_at INTEGER CHECK (to_at IS NULL OR to_at > from_at),
  source TEXT NOT NULL CHECK (source IN ('push', 'pull', 'import', 'inferred')),
  change_line_id INTEGER REFERENCES change_line (id),
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1))
) STRICT;
CREATE INDEX price_ledger_by_change ON price_ledger (change_line_id) WHERE change_line_id IS NOT NULL;
CREATE UNIQUE INDEX price_ledger_once ON price_ledger (store_id, product_id, kind, currency, from_at);
-- For the foreign key: a draft's lines are written anew with each edit, and must not search the ledger.
CREATE INDEX price_ledger_by_change_line ON price_ledger (change_line_id) WHERE change_line_id IS NOT NULL;

---------------------------------------------------------------- changes

CREATE TABLE change (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('price', 'promotion', 'order', 'transfer', 'stock_adjustment', 'recommendation_rules')),
  state TEXT NOT NULL DEFAULT 'draft' REFERENCES change_state (name),
  revision INTEGER NOT NULL DEFAULT 1,
  title TEXT NOT NULL DEFAULT '',
  author_id INTEGER NOT NULL REFERENCES person (id),
  created_at INTEGER NOT NULL,
  submitted_at INTEGER,
  objective TEXT,
  reason TEXT,                    -- the author's, asked for by warnings
  percent_off_ppm INTEGER CHECK (percent_off_ppm > 0 AND percent_off_ppm < 1000000), -- promotions
  from_day INTEGER,               -- in each store's own zone; NULL: at once
  to_day INTEGER,                 -- last day, inclusive; promotions always have one
  schedule_at INTEGER,            -- not before this instant
  is_generated INTEGER NOT NULL DEFAULT 0 CHECK (is_generated IN (0, 1)),
  CHECK (kind <> 'promotion' OR (percent_off_ppm IS NOT NULL AND from_day IS NOT NULL AND to_day IS NOT NULL)),
  CHECK (to_day IS NULL OR from_day IS NULL OR to_day >= from_day)
) STRICT;

CREATE TABLE change_state (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
-- What may follow what, as src/approval says it; filled in rules.sql.
CREATE TABLE change_transition (
  from_state TEXT NOT NULL REFERENCES change_state (name),
  to_state TEXT NOT NULL REFERENCES change_state (name),
  PRIMARY KEY (from_state, to_state)
) STRICT, WITHOUT ROWID;

CREATE TABLE change_line (
  id INTEGER PRIMARY KEY,
  change_id INTEGER NOT NULL REFERENCES change (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,          -- 1, 2, ... : what people name
  product_id INTEGER NOT NULL REFERENCES product (id),
  store_id INTEGER NOT NULL REFERENCES store (id),
  currency TEXT NOT NULL CHECK (length (currency) = 3),
  before_minor INTEGER,           -- shelf price the author saw
  after_minor INTEGER NOT NULL CHECK (after_minor > 0), -- shelf price wanted (promotions: while it runs)
  is_approved INTEGER NOT NULL DEFAULT 1 CHECK (is_approved IN (0, 1)), -- unticked lines are not pushed
  reason TEXT,                    -- of the proposal: rule and sentence
  expected TEXT,                  -- JSON: units, revenue, margin with intervals, over which days
  UNIQUE (change_id, line),
  UNIQUE (change_id, product_id, store_id)
) STRICT;
CREATE INDEX change_line_by_product ON change_line (product_id, store_id);

-- Guardrail findings of a revision. change_line 0: the change as a whole.
CREATE TABLE change_finding (
  change_id INTEGER NOT NULL REFERENCES change (id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  line INTEGER NOT NULL,
  rule TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('block', 'warn')),
  message TEXT NOT NULL,
  PRIMARY KEY (change_id, revision, line, rule)
) STRICT, WITHOUT ROWID;

-- Frozen on submit.
CREATE TABLE change_evidence (
  change_id INTEGER NOT NULL REFERENCES change (id),
  revision INTEGER NOT NULL,
  kind TEXT NOT NULL,             -- forecast, guardrails, prior_price, ...
  at INTEGER NOT NULL,
  run_id INTEGER REFERENCES run (id),
  document TEXT NOT NULL,         -- JSON
  PRIMARY KEY (change_id, revision, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE change_comment (
  id INTEGER PRIMARY KEY,
  change_id INTEGER NOT NULL REFERENCES change (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES person (id),
  at INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;

-- Who did what with a change: submit, approve, reject, send_back, schedule, roll_back, withdraw, release.
CREATE TABLE change_decision (
  id INTEGER PRIMARY KEY,
  change_id INTEGER NOT NULL REFERENCES change (id),
  revision INTEGER NOT NULL,
  action TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  at INTEGER NOT NULL,
  reason TEXT
) STRICT;
CREATE INDEX change_decision_by_change ON change_decision (change_id, revision);

-- Which changes need a second person. The most telling row counts: store before any store. amount in
-- minor units of the reporting currency; NULL: no limit given, so share and amount do not free it.
CREATE TABLE approval_policy (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  store_id INTEGER REFERENCES store (id),
  needs_second INTEGER NOT NULL CHECK (needs_second IN (0, 1)),
  free_up_to_minor INTEGER,       -- where needs_second = 1 and this is set: below it, own sign-off
  free_within_share_ppm INTEGER   -- and within this share of the suggestion
) STRICT;
CREATE UNIQUE INDEX approval_policy_once ON approval_policy (kind, ifnull (store_id, -1));
-- The amounts become 500 major units when the workspace gets its currency.
INSERT INTO approval_policy (kind, needs_second, free_up_to_minor, free_within_share_ppm) VALUES
  ('price', 1, NULL, NULL),
  ('promotion', 1, NULL, NULL),
  ('recommendation_rules', 1, NULL, NULL),
  ('order', 1, 50000, 200000),
  ('transfer', 1, 50000, 200000),
  ('stock_adjustment', 1, 50000, 200000);

---------------------------------------------------------------- the outbox

-- One row per change revision, store, product, currency and step. Written in the approval's own
-- transaction. step: 'set' brings the approved value, 'end' (promotions) takes it away again,
-- 'restore' is a roll-back.
CREATE TABLE store_update (
  id INTEGER PRIMARY KEY,
  change_id INTEGER NOT NULL REFERENCES change (id),
  revision INTEGER NOT NULL,
  change_line_id INTEGER NOT NULL REFERENCES change_line (id),
  system_id INTEGER NOT NULL REFERENCES system (id),
  store_id INTEGER NOT NULL REFERENCES store (id),
  product_id INTEGER NOT NULL REFERENCES product (id),
  currency TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('price', 'promotion')), -- of the change: what is written in the store
  step TEXT NOT NULL DEFAULT 'set' CHECK (step IN ('set', 'end', 'restore')),
  name TEXT NOT NULL,             -- aisle:<workspace>:<change>:<revision>: what created things are called
  state TEXT NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'sending', 'unknown', 'accepted', 'verified', 'refused', 'superseded', 'rolled_back')),
  expected_minor INTEGER NOT NULL CHECK (expected_minor > 0),
  seen_minor INTEGER,             -- what the approver saw before
  prior_minor INTEGER,            -- what the store had when we began
  found_minor INTEGER,            -- what was last read back
  attempts INTEGER NOT NULL DEFAULT 0,      -- times sent
  denials INTEGER NOT NULL DEFAULT 0,       -- times the store said yes and the read-back said no
  not_before_at INTEGER NOT NULL DEFAULT 0, -- business time
  retry_at INTEGER NOT NULL DEFAULT 0,      -- real clock
  updated_at INTEGER NOT NULL,
  message TEXT,                   -- why it stands where it stands
  UNIQUE (change_id, revision, store_id, product_id, currency, step)
) STRICT;
CREATE INDEX store_update_open ON store_update (system_id, store_id, id)
  WHERE state IN ('queued', 'sending', 'unknown', 'accepted');
CREATE INDEX store_update_by_line ON store_update (change_line_id);
CREATE INDEX store_update_by_target ON store_update (store_id, product_id);
CREATE INDEX store_update_by_change_line ON store_update (change_line_id); -- for the foreign key
CREATE INDEX store_update_by_name ON store_update (name) WHERE kind = 'promotion';

---------------------------------------------------------------- derived results

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,             -- forecast, proposal, ...
  engine TEXT NOT NULL,
  version TEXT NOT NULL,
  parameters TEXT NOT NULL,       -- JSON
  seed INTEGER NOT NULL DEFAULT 0,
  input_hash BLOB NOT NULL,       -- SHA-256 of what the engine was given
  business_day INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,            -- NULL: interrupted, not to be used
  summary TEXT NOT NULL DEFAULT '{}'
) STRICT;

-- One row a series. days: horizon 32-bit floats each of mean, lower80, upper80, lower95, upper95, sum_sd (standard
-- deviation of the demand from the first day to this one together), little-endian, one block after the
-- other; units (not thousandths).
CREATE TABLE forecast_series (
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  store_id INTEGER NOT NULL REFERENCES store (id),
  product_id INTEGER NOT NULL REFERENCES product (id),
  model TEXT NOT NULL,
  first_day INTEGER NOT NULL,
  horizon INTEGER NOT NULL CHECK (horizon > 0),
  n_observed INTEGER NOT NULL,    -- days with a value
  error REAL,                     -- root mean squared error of the chosen model over the folds, units a day; NULL: not estimable
  sigma REAL,                     -- standard deviation of one-step errors, units a day
  reason TEXT,                    -- why this model, where choice was not possible
  days BLOB NOT NULL,
  PRIMARY KEY (run_id, store_id, product_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX forecast_series_by_product ON forecast_series (product_id, store_id);

---------------------------------------------------------------- imports

CREATE TABLE import_run (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,           -- the file's name, without its folders
  content_hash BLOB,              -- SHA-256 of the file
  format TEXT NOT NULL,           -- JSON: encoding, separator, number and date format
  mapping TEXT NOT NULL,          -- JSON: field -> column
  person_id INTEGER REFERENCES person (id),
  started_at INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  inserted INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL
) STRICT;
CREATE TABLE import_mapping (
  kind TEXT NOT NULL,
  source TEXT NOT NULL,           -- the header row, folded: the same columns are recognised again
  mapping TEXT NOT NULL,
  PRIMARY KEY (kind, source)
) STRICT, WITHOUT ROWID;
-- What is odd in the data, kept and flagged rather than refused.
CREATE TABLE data_finding (
  id INTEGER PRIMARY KEY,
  import_run_id INTEGER REFERENCES import_run (id) ON DELETE CASCADE,
  rule TEXT NOT NULL,             -- duplicate_line, case_variant, implausible_price, negative_on_hand, ...
  object TEXT NOT NULL,           -- SKU, receipt, barcode
  line INTEGER,
  message TEXT NOT NULL,
  count INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX data_finding_by_rule ON data_finding (rule, object);

PRAGMA user_version = 1;
