-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The rules of a workspace that a person could break: each is a trigger, so that it holds for every
-- program that writes to the file. What a trigger says reaches people as it stands.
-- INSERT OR REPLACE removes rows without asking delete triggers: where that would matter, a rule says
-- that what is there stays.

---------------------------------------------------------------- people who work here

CREATE TRIGGER person_first_is_admin BEFORE INSERT ON person
WHEN (SELECT count (*) FROM person) = 0 AND (',' || NEW.roles || ',') NOT LIKE '%,admin,%'
BEGIN SELECT raise (ABORT, 'the first person is an admin'); END;
CREATE TRIGGER person_second_is_added_by_admin BEFORE INSERT ON person
WHEN (SELECT count (*) FROM person) = 1
     AND NOT EXISTS (SELECT 1 FROM person WHERE id = NEW.added_by AND is_active = 1
                     AND (',' || roles || ',') LIKE '%,admin,%')
BEGIN SELECT raise (ABORT, 'only an admin adds people'); END;
CREATE TRIGGER person_is_confirmed BEFORE INSERT ON person
WHEN (SELECT count (*) FROM person) >= 2
     AND NOT EXISTS (SELECT 1 FROM person_request
                     WHERE name = NEW.name AND closed_at IS NULL AND confirmed_by = NEW.confirmed_by
                           AND requested_by = NEW.added_by AND roles = NEW.roles
                           AND secret_hash = NEW.secret_hash)
BEGIN SELECT raise (ABORT, 'a new person must be confirmed by somebody else'); END;
CREATE TRIGGER person_keeps_name BEFORE UPDATE OF id, name, added_at, added_by ON person
WHEN NEW.id <> OLD.id OR NEW.name <> OLD.name OR NEW.added_at <> OLD.added_at OR NEW.added_by IS NOT OLD.added_by
BEGIN SELECT raise (ABORT, 'a person keeps name and origin: the log names them'); END;
CREATE TRIGGER person_stays BEFORE DELETE ON person
BEGIN SELECT raise (ABORT, 'nobody is deleted, for the log names them; deactivate the person'); END;
CREATE TRIGGER person_roles_are_confirmed BEFORE UPDATE OF roles ON person
WHEN NEW.roles <> OLD.roles AND (SELECT count (*) FROM person) >= 2
     AND NOT EXISTS (SELECT 1 FROM person_request WHERE name = NEW.name AND closed_at IS NULL
                     AND confirmed_by IS NOT NULL AND roles = NEW.roles)
BEGIN SELECT raise (ABORT, 'new roles must be confirmed by somebody else'); END;
CREATE TRIGGER person_secret_is_confirmed BEFORE UPDATE OF secret_hash ON person
WHEN NEW.secret_hash <> OLD.secret_hash AND (SELECT count (*) FROM person) >= 2
     AND NOT EXISTS (SELECT 1 FROM person_request WHERE name = NEW.name AND closed_at IS NULL
                     AND confirmed_by IS NOT NULL AND secret_hash = NEW.secret_hash)
BEGIN SELECT raise (ABORT, 'a new secret must be confirmed by somebody else'); END;
CREATE TRIGGER person_return_is_confirmed BEFORE UPDATE OF is_active ON person
WHEN NEW.is_active = 1 AND OLD.is_active = 0
     AND NOT EXISTS (SELECT 1 FROM person_request WHERE name = NEW.name AND closed_at IS NULL
                     AND confirmed_by IS NOT NULL AND roles = NEW.roles AND secret_hash = NEW.secret_hash)
BEGIN SELECT raise (ABORT, 'the return of a person must be confirmed by somebody else'); END;
CREATE TRIGGER person_last_admin_stays BEFORE UPDATE OF is_active, roles ON person
WHEN OLD.is_active = 1 AND (',' || OLD.roles || ',') LIKE '%,admin,%'
     AND (NEW.is_active = 0 OR (',' || NEW.roles || ',') NOT LIKE '%,admin,%')
     AND NOT EXISTS (SELECT 1 FROM person WHERE id <> OLD.id AND is_active = 1
                     AND (',' || roles || ',') LIKE '%,admin,%')
BEGIN SELECT raise (ABORT, 'the last admin stays'); END;
CREATE TRIGGER person_scope_is_confirmed BEFORE INSERT ON person_scope
WHEN (SELECT count (*) FROM person) > 2
     AND NOT EXISTS (SELECT 1 FROM person_request AS r JOIN person AS p ON p.name = r.name
                     WHERE p.id = NEW.person_id AND r.closed_at IS NULL AND r.confirmed_by IS NOT NULL
                           AND r.scope IS NOT NULL)
BEGIN SELECT raise (ABORT, 'a new scope must be confirmed by somebody else'); END;
CREATE TRIGGER person_scope_widening_is_confirmed BEFORE DELETE ON person_scope
WHEN (SELECT count (*) FROM person) >= 2
     AND NOT EXISTS (SELECT 1 FROM person_request AS r JOIN person AS p ON p.name = r.name
                     WHERE p.id = OLD.person_id AND r.closed_at IS NULL AND r.confirmed_by IS NOT NULL
                           AND r.scope IS NOT NULL)
BEGIN SELECT raise (ABORT, 'a new scope must be confirmed by somebody else'); END;
CREATE TRIGGER person_scope_is_fixed BEFORE UPDATE ON person_scope
BEGIN SELECT raise (ABORT, 'a new scope must be confirmed by somebody else'); END;
CREATE TRIGGER person_request_is_open BEFORE INSERT ON person_request
WHEN NEW.confirmed_by IS NOT NULL OR NEW.confirmed_at IS NOT NULL OR NEW.closed_at IS NOT NULL
BEGIN SELECT raise (ABORT, 'a request begins unconfirmed'); END;
-- An admin asks for anything; everybody for a new secret of their own.
CREATE TRIGGER person_request_is_by_admin BEFORE INSERT ON person_request
WHEN NOT EXISTS (SELECT 1 FROM person WHERE id = NEW.requested_by AND is_active = 1
                 AND ((',' || roles || ',') LIKE '%,admin,%'
                      OR (name = NEW.name AND NEW.roles IS NULL AND NEW.scope IS NULL)))
BEGIN SELECT raise (ABORT, 'only an admin adds people and changes their roles'); END;
CREATE TRIGGER person_request_is_fixed BEFORE UPDATE ON person_request
WHEN NEW.id <> OLD.id OR NEW.name <> OLD.name OR NEW.roles IS NOT OLD.roles
     OR NEW.secret_hash IS NOT OLD.secret_hash OR NEW.scope IS NOT OLD.scope
     OR NEW.requested_by <> OLD.requested_by OR NEW.requested_at <> OLD.requested_at
     OR OLD.closed_at IS NOT NULL
     OR (OLD.confirmed_by IS NOT NULL AND NEW.confirmed_by IS NOT OLD.confirmed_by)
BEGIN SELECT raise (ABORT, 'a request stays as it was made'); END;
-- By an admin who did not ask; where there is no other admin, by an approver or accountable manager.
CREATE TRIGGER person_request_is_confirmed_by_other BEFORE UPDATE OF confirmed_by ON person_request
WHEN NEW.confirmed_by IS NOT NULL AND OLD.confirmed_by IS NULL
     AND NOT EXISTS (SELECT 1 FROM person AS p
                     WHERE p.id = NEW.confirmed_by AND p.id <> NEW.requested_by AND p.is_active = 1
                           AND ((',' || p.roles || ',') LIKE '%,admin,%'
                                OR (((',' || p.roles || ',') LIKE '%,approver,%'
                                     OR (',' || p.roles || ',') LIKE '%,accountable_manager,%')
                                    AND NOT EXISTS (SELECT 1 FROM person AS o
                                                    WHERE o.id <> NEW.requested_by AND o.is_active = 1
                                                          AND (',' || o.roles || ',') LIKE '%,admin,%'))))
BEGIN SELECT raise (ABORT, 'another admin must confirm this (or, where there is none, an approver)'); END;
CREATE TRIGGER person_request_stays BEFORE DELETE ON person_request
BEGIN SELECT raise (ABORT, 'requests are kept'); END;
CREATE TRIGGER person_is_not_replaced BEFORE INSERT ON person
WHEN EXISTS (SELECT 1 FROM person WHERE id = NEW.id OR name = NEW.name)
BEGIN SELECT raise (ABORT, 'there is a person of that name'); END;
CREATE TRIGGER person_request_is_not_replaced BEFORE INSERT ON person_request
WHEN EXISTS (SELECT 1 FROM person_request WHERE id = NEW.id OR (name = NEW.name AND closed_at IS NULL))
BEGIN SELECT raise (ABORT, 'a request stays as it was made'); END;

---------------------------------------------------------------- the log

CREATE TRIGGER log_entry_is_final BEFORE UPDATE ON log_entry
BEGIN SELECT raise (ABORT, 'the log is written once: an entry cannot be changed'); END;
CREATE TRIGGER log_entry_stays BEFORE DELETE ON log_entry
BEGIN SELECT raise (ABORT, 'the log is written once: an entry cannot be removed'); END;
CREATE TRIGGER log_entry_follows BEFORE INSERT ON log_entry
WHEN NEW.seq <> ifnull ((SELECT max (seq) FROM log_entry), 0) + 1
BEGIN SELECT raise (ABORT, 'the log is written in order'); END;
CREATE TRIGGER log_payload_is_final BEFORE UPDATE ON log_payload
BEGIN SELECT raise (ABORT, 'the log is written once: an entry cannot be changed'); END;
CREATE TRIGGER log_payload_stays BEFORE DELETE ON log_payload
WHEN NOT EXISTS (SELECT 1 FROM log_entry WHERE action = 'log.erase' AND object = 'entry ' || OLD.seq AND seq > OLD.seq)
BEGIN SELECT raise (ABORT, 'what an entry says is erased with a note in the log'); END;
CREATE TRIGGER log_head_stays BEFORE DELETE ON log_head
BEGIN SELECT raise (ABORT, 'the log keeps its end'); END;
CREATE TRIGGER log_head_grows BEFORE UPDATE ON log_head
WHEN NEW.seq <= OLD.seq OR NEW.seq <> (SELECT max (seq) FROM log_entry)
BEGIN SELECT raise (ABORT, 'the log keeps its end'); END;
CREATE TRIGGER log_payload_is_not_replaced BEFORE INSERT ON log_payload
WHEN NEW.seq <> (SELECT max (seq) FROM log_entry) OR EXISTS (SELECT 1 FROM log_payload WHERE seq = NEW.seq)
BEGIN SELECT raise (ABORT, 'the log is written once: an entry cannot be changed'); END;
CREATE TRIGGER log_head_is_one BEFORE INSERT ON log_head WHEN EXISTS (SELECT 1 FROM log_head)
BEGIN SELECT raise (ABORT, 'the log keeps its end'); END;

---------------------------------------------------------------- changes: their states

-- The same as src/approval's table (a test compares them): what may follow what.
INSERT INTO change_state (name) VALUES
  ('draft'), ('submitted'), ('approved'), ('scheduled'), ('pushing'), ('live'), ('ended'), ('withdrawn'),
  ('sent_back'), ('rejected'), ('needs_attention'), ('rolled_back');
INSERT INTO change_transition (from_state, to_state) VALUES
  ('draft', 'submitted'), ('draft', 'withdrawn'),
  ('submitted', 'approved'), ('submitted', 'rejected'), ('submitted', 'sent_back'), ('submitted', 'withdrawn'),
  ('sent_back', 'draft'), ('sent_back', 'withdrawn'),
  ('approved', 'scheduled'), ('approved', 'pushing'), ('approved', 'withdrawn'),
  ('scheduled', 'pushing'), ('scheduled', 'withdrawn'),
  ('pushing', 'live'), ('pushing', 'needs_attention'),
  ('live', 'ended'), ('live', 'rolled_back'), ('live', 'needs_attention'),
  ('needs_attention', 'pushing'), ('needs_attention', 'rolled_back'),
  ('rolled_back', 'needs_attention');
CREATE TRIGGER change_state_is_fixed BEFORE INSERT ON change_state
BEGIN SELECT raise (ABORT, 'the states of a change are fixed'); END;
CREATE TRIGGER change_state_is_fixed_update BEFORE UPDATE ON change_state
BEGIN SELECT raise (ABORT, 'the states of a change are fixed'); END;
CREATE TRIGGER change_state_is_fixed_delete BEFORE DELETE ON change_state
BEGIN SELECT raise (ABORT, 'the states of a change are fixed'); END;
CREATE TRIGGER change_transition_is_fixed BEFORE INSERT ON change_transition
BEGIN SELECT raise (ABORT, 'the states of a change are fixed'); END;
CREATE TRIGGER change_transition_is_fixed_update BEFORE UPDATE ON change_transition
BEGIN SELECT raise (ABORT, 'the states of a change are fixed'); END;
CREATE TRIGGER change_transition_is_fixed_delete BEFORE DELETE ON change_transition
BEGIN SELECT raise (ABORT, 'the states of a change are fixed'); END;

CREATE TRIGGER change_starts_as_draft BEFORE INSERT ON change
WHEN NEW.state <> 'draft' OR NEW.revision <> 1 OR NEW.submitted_at IS NOT NULL
BEGIN SELECT raise (ABORT, 'a change begins as a draft'); END;
CREATE TRIGGER change_is_not_replaced BEFORE INSERT ON change
WHEN EXISTS (SELECT 1 FROM change WHERE id = NEW.id)
BEGIN SELECT raise (ABORT, 'this change is there already'); END;
CREATE TRIGGER change_author_stays BEFORE UPDATE OF id, author_id, kind, created_at ON change
WHEN NEW.id <> OLD.id OR NEW.author_id <> OLD.author_id OR NEW.kind <> OLD.kind OR NEW.created_at <> OLD.created_at
BEGIN SELECT raise (ABORT, 'author and kind of a change stay'); END;
CREATE TRIGGER change_stays BEFORE DELETE ON change
WHEN OLD.state <> 'draft' OR OLD.submitted_at IS NOT NULL
BEGIN SELECT raise (ABORT, 'a change that was submitted is kept'); END;
CREATE TRIGGER change_is_fixed BEFORE UPDATE OF title, objective, reason, percent_off_ppm, from_day, to_day ON change
WHEN OLD.state <> 'draft'
     AND (NEW.title <> OLD.title OR NEW.objective IS NOT OLD.objective OR NEW.reason IS NOT OLD.reason
          OR NEW.percent_off_ppm IS NOT OLD.percent_off_ppm OR NEW.from_day IS NOT OLD.from_day
          OR NEW.to_day IS NOT OLD.to_day)
BEGIN SELECT raise (ABORT, 'only drafts can be edited'); END;
CREATE TRIGGER change_revision_counts BEFORE UPDATE OF revision ON change
WHEN NEW.revision <> OLD.revision AND (OLD.state <> 'draft' OR NEW.revision <> OLD.revision + 1)
BEGIN SELECT raise (ABORT, 'revisions count up by one, in a draft'); END;
CREATE TRIGGER change_schedule_is_open BEFORE UPDATE OF schedule_at ON change
WHEN NEW.schedule_at IS NOT OLD.schedule_at AND OLD.state NOT IN ('draft', 'submitted', 'approved', 'scheduled')
BEGIN SELECT raise (ABORT, 'it is too late to schedule this change'); END;
CREATE TRIGGER change_moves_by_table BEFORE UPDATE OF state ON change
WHEN NEW.state <> OLD.state
     AND NOT EXISTS (SELECT 1 FROM change_transition WHERE from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT raise (ABORT, 'a change cannot go from this state to that one'); END;
-- What people decided about an earlier draft must not count for a later one.
CREATE TRIGGER change_submits_a_new_revision BEFORE UPDATE OF state ON change
WHEN OLD.state = 'draft' AND NEW.state = 'submitted'
     AND EXISTS (SELECT 1 FROM change_decision
                 WHERE change_id = NEW.id AND revision = NEW.revision
                       AND action IN ('approve', 'approve_lines', 'reject', 'send_back'))
BEGIN SELECT raise (ABORT, 'this revision was decided on; begin a new one'); END;
CREATE TRIGGER change_submits_lines BEFORE UPDATE OF state ON change
WHEN OLD.state = 'draft' AND NEW.state = 'submitted' AND NEW.kind <> 'recommendation_rules'
     AND NOT EXISTS (SELECT 1 FROM change_line WHERE change_id = NEW.id)
BEGIN SELECT raise (ABORT, 'a change without lines cannot be submitted'); END;

---------------------------------------------------------------- changes: who approves

-- Does this change need a second person? Prices, promotions and rules always; for the others the policy
-- of each line's store, the store's own row before the general one; no row at all: yes. A row with an
-- amount or a share leaves the sums to the program.
CREATE VIEW change_needs_second (change_id, is_needed) AS
SELECT c.id,
       c.kind IN ('price', 'promotion', 'recommendation_rules')
       OR NOT EXISTS (SELECT 1 FROM change_line WHERE change_id = c.id)
       OR EXISTS (SELECT 1 FROM change_line AS l
                  WHERE l.change_id = c.id
                        AND ifnull ((SELECT p.needs_second = 1 AND p.free_up_to_minor IS NULL
                                            AND p.free_within_share_ppm IS NULL
                                     FROM approval_policy AS p
                                     WHERE p.kind = c.kind AND (p.store_id = l.store_id OR p.store_id IS NULL)
                                     ORDER BY p.store_id IS NULL LIMIT 1), 1))
FROM change AS c;

-- Prices, promotions and rules always need a second person, whatever anybody writes into the policy.
CREATE TRIGGER approval_policy_floor BEFORE INSERT ON approval_policy
WHEN NEW.kind IN ('price', 'promotion', 'recommendation_rules')
     AND (NEW.needs_second = 0 OR NEW.free_up_to_minor IS NOT NULL OR NEW.free_within_share_ppm IS NOT NULL)
BEGIN SELECT raise (ABORT, 'prices, promotions and rules always need a second person'); END;
CREATE TRIGGER approval_policy_floor_update BEFORE UPDATE ON approval_policy
WHEN NEW.kind IN ('price', 'promotion', 'recommendation_rules')
     AND (NEW.needs_second = 0 OR NEW.free_up_to_minor IS NOT NULL OR NEW.free_within_share_ppm IS NOT NULL)
BEGIN SELECT raise (ABORT, 'prices, promotions and rules always need a second person'); END;

CREATE TRIGGER change_decision_is_final BEFORE UPDATE ON change_decision
BEGIN SELECT raise (ABORT, 'a decision cannot be changed'); END;
CREATE TRIGGER change_decision_stays BEFORE DELETE ON change_decision
BEGIN SELECT raise (ABORT, 'a decision cannot be removed'); END;
CREATE TRIGGER change_decision_is_not_replaced BEFORE INSERT ON change_decision
WHEN EXISTS (SELECT 1 FROM change_decision WHERE id = NEW.id)
BEGIN SELECT raise (ABORT, 'a decision cannot be changed'); END;
CREATE TRIGGER change_decision_is_on_this_revision BEFORE INSERT ON change_decision
WHEN NEW.revision IS NOT (SELECT revision FROM change WHERE id = NEW.change_id)
BEGIN SELECT raise (ABORT, 'a decision is on the revision that lies before us'); END;
CREATE TRIGGER change_decision_is_by_staff BEFORE INSERT ON change_decision
WHEN NOT EXISTS (SELECT 1 FROM person WHERE id = NEW.person_id AND is_active = 1)
BEGIN SELECT raise (ABORT, 'only people who are active here decide'); END;
CREATE TRIGGER change_approval_is_of_submitted BEFORE INSERT ON change_decision
WHEN NEW.action IN ('approve', 'approve_lines')
     AND (SELECT state FROM change WHERE id = NEW.change_id) <> 'submitted'
BEGIN SELECT raise (ABORT, 'only what is submitted can be approved'); END;
-- Four eyes go by person: whoever wrote, edited or submitted a change does not approve it.
CREATE TRIGGER change_approval_is_by_another BEFORE INSERT ON change_decision
WHEN NEW.action IN ('approve', 'approve_lines')
     AND (SELECT is_needed FROM change_needs_second WHERE change_id = NEW.change_id)
     AND (NEW.person_id = (SELECT author_id FROM change WHERE id = NEW.change_id)
          OR EXISTS (SELECT 1 FROM change_decision
                     WHERE change_id = NEW.change_id AND person_id = NEW.person_id
                           AND action IN ('edit', 'submit')))
BEGIN SELECT raise (ABORT, 'a second person must approve this change, not one who wrote it'); END;
CREATE TRIGGER change_approval_is_by_approver BEFORE INSERT ON change_decision
WHEN NEW.action IN ('approve', 'approve_lines')
     AND NOT EXISTS (SELECT 1 FROM person
                     WHERE id = NEW.person_id
                           AND ((',' || roles || ',') LIKE '%,approver,%'
                                OR ((',' || roles || ',') LIKE '%,store_manager,%'
                                    AND NOT (SELECT is_needed FROM change_needs_second
                                             WHERE change_id = NEW.change_id))))
BEGIN SELECT raise (ABORT, 'only an approver may approve this change'); END;
CREATE TRIGGER change_approval_is_in_scope BEFORE INSERT ON change_decision
WHEN NEW.action IN ('approve', 'approve_lines')
     AND EXISTS (SELECT 1 FROM person_scope WHERE person_id = NEW.person_id AND store_id IS NOT NULL)
     AND EXISTS (SELECT 1 FROM change_line
                 WHERE change_id = NEW.change_id
                       AND store_id NOT IN (SELECT store_id FROM person_scope
                                            WHERE person_id = NEW.person_id AND store_id IS NOT NULL))
BEGIN SELECT raise (ABORT, 'a store of this change is not one that this person is for'); END;
CREATE TRIGGER change_needs_approval BEFORE UPDATE OF state ON change
WHEN NEW.state IN ('approved', 'scheduled', 'pushing', 'live') AND OLD.state <> NEW.state
     AND NOT EXISTS (SELECT 1 FROM change_decision
                     WHERE change_id = NEW.id AND revision = NEW.revision
                           AND action IN ('approve', 'approve_lines')
                           AND (person_id <> NEW.author_id
                                OR NOT (SELECT is_needed FROM change_needs_second WHERE change_id = NEW.id)))
BEGIN SELECT raise (ABORT, 'a second person must approve this change'); END;
CREATE TRIGGER change_is_not_blocked BEFORE UPDATE OF state ON change
WHEN NEW.state = 'approved' AND OLD.state <> 'approved'
     AND EXISTS (SELECT 1 FROM change_finding AS f
                 WHERE f.change_id = NEW.id AND f.revision = NEW.revision AND f.level = 'block'
                       AND (f.line = 0
                            OR EXISTS (SELECT 1 FROM change_line
                                       WHERE change_id = NEW.id AND line = f.line AND is_approved = 1)))
BEGIN SELECT raise (ABORT, 'a guardrail blocks this change'); END;

---------------------------------------------------------------- changes: what people have seen stays

CREATE TRIGGER change_line_is_fixed BEFORE UPDATE OF change_id, line, product_id, store_id, currency, before_minor, after_minor, reason, expected ON change_line
WHEN (SELECT state FROM change WHERE id = OLD.change_id) <> 'draft'
     OR (SELECT state FROM change WHERE id = NEW.change_id) <> 'draft'
BEGIN SELECT raise (ABORT, 'only drafts can be edited'); END;
CREATE TRIGGER change_line_keeps_number BEFORE UPDATE OF id ON change_line WHEN NEW.id <> OLD.id
BEGIN SELECT raise (ABORT, 'only drafts can be edited'); END;
CREATE TRIGGER change_line_is_not_added BEFORE INSERT ON change_line
WHEN (SELECT state FROM change WHERE id = NEW.change_id) <> 'draft'
     OR EXISTS (SELECT 1 FROM change_line WHERE id = NEW.id)
BEGIN SELECT raise (ABORT, 'only drafts can be edited'); END;
CREATE TRIGGER change_line_stays BEFORE DELETE ON change_line
WHEN (SELECT state FROM change WHERE id = OLD.change_id) <> 'draft'
BEGIN SELECT raise (ABORT, 'only drafts can be edited'); END;
CREATE TRIGGER change_tick_is_submitted BEFORE UPDATE OF is_approved ON change_line
WHEN NEW.is_approved <> OLD.is_approved
     AND (SELECT state FROM change WHERE id = OLD.change_id) NOT IN ('draft', 'submitted')
BEGIN SELECT raise (ABORT, 'lines are ticked before the change is approved'); END;

CREATE TRIGGER change_finding_is_open BEFORE INSERT ON change_finding
WHEN (SELECT state FROM change WHERE id = NEW.change_id) NOT IN ('draft', 'submitted')
     OR NEW.revision IS NOT (SELECT revision FROM change WHERE id = NEW.change_id)
BEGIN SELECT raise (ABORT, 'what stood against a change is kept with its decision'); END;
CREATE TRIGGER change_finding_is_open_update BEFORE UPDATE ON change_finding
WHEN (SELECT state FROM change WHERE id = OLD.change_id) NOT IN ('draft', 'submitted')
     OR NEW.change_id <> OLD.change_id OR NEW.revision <> OLD.revision
BEGIN SELECT raise (ABORT, 'what stood against a change is kept with its decision'); END;
CREATE TRIGGER change_finding_is_open_delete BEFORE DELETE ON change_finding
WHEN (SELECT state FROM change WHERE id = OLD.change_id) NOT IN ('draft', 'submitted')
     OR OLD.revision IS NOT (SELECT revision FROM change WHERE id = OLD.change_id)
BEGIN SELECT raise (ABORT, 'what stood against a change is kept with its decision'); END;

CREATE TRIGGER change_evidence_is_frozen BEFORE UPDATE ON change_evidence
BEGIN SELECT raise (ABORT, 'evidence is frozen with the submit'); END;
CREATE TRIGGER change_evidence_stays BEFORE DELETE ON change_evidence
BEGIN SELECT raise (ABORT, 'evidence is frozen with the submit'); END;
CREATE TRIGGER change_evidence_comes_with_submit BEFORE INSERT ON change_evidence
WHEN (SELECT state FROM change WHERE id = NEW.change_id) NOT IN ('draft', 'submitted')
     OR NEW.revision IS NOT (SELECT revision FROM change WHERE id = NEW.change_id)
     OR EXISTS (SELECT 1 FROM change_evidence
                WHERE change_id = NEW.change_id AND revision = NEW.revision AND kind = NEW.kind)
BEGIN SELECT raise (ABORT, 'evidence is frozen with the submit'); END;
CREATE TRIGGER change_comment_is_final BEFORE UPDATE ON change_comment
BEGIN SELECT raise (ABORT, 'a comment cannot be changed'); END;

---------------------------------------------------------------- the outbox

CREATE TRIGGER store_update_is_approved BEFORE INSERT ON store_update
WHEN (SELECT state FROM change WHERE id = NEW.change_id) IN ('draft', 'submitted', 'withdrawn', 'sent_back', 'rejected')
     OR NEW.revision IS NOT (SELECT revision FROM change WHERE id = NEW.change_id)
     OR NOT EXISTS (SELECT 1 FROM change_line
                    WHERE id = NEW.change_line_id AND change_id = NEW.change_id AND is_approved = 1
                          AND store_id = NEW.store_id AND product_id = NEW.product_id
                          AND currency = NEW.currency)
BEGIN SELECT raise (ABORT, 'nothing reaches a store without an approval'); END;
CREATE TRIGGER store_update_brings_what_was_approved BEFORE INSERT ON store_update
WHEN NEW.step = 'set' AND NEW.expected_minor IS NOT (SELECT after_minor FROM change_line WHERE id = NEW.change_line_id)
BEGIN SELECT raise (ABORT, 'a store gets what was approved, nothing else'); END;
CREATE TRIGGER store_update_begins_queued BEFORE INSERT ON store_update
WHEN NEW.state <> 'queued'
BEGIN SELECT raise (ABORT, 'a store update begins queued'); END;
CREATE TRIGGER store_update_keeps_target BEFORE UPDATE ON store_update
WHEN NEW.id <> OLD.id OR NEW.change_id <> OLD.change_id OR NEW.revision <> OLD.revision
     OR NEW.change_line_id <> OLD.change_line_id OR NEW.system_id <> OLD.system_id
     OR NEW.store_id <> OLD.store_id OR NEW.product_id <> OLD.product_id OR NEW.currency <> OLD.currency
     OR NEW.kind <> OLD.kind OR NEW.step <> OLD.step OR NEW.name <> OLD.name
     OR (NEW.step = 'set' AND NEW.expected_minor <> OLD.expected_minor)
BEGIN SELECT raise (ABORT, 'a store gets what was approved, nothing else'); END;
-- Verified means: read back and equal.
CREATE TRIGGER store_update_verified_is_equal BEFORE UPDATE ON store_update
WHEN NEW.state = 'verified' AND (NEW.found_minor IS NULL OR NEW.found_minor <> NEW.expected_minor)
BEGIN SELECT raise (ABORT, 'verified means read back and equal'); END;
CREATE TRIGGER store_update_stays BEFORE DELETE ON store_update
BEGIN SELECT raise (ABORT, 'store updates are kept'); END;
