-- A plan as it is being written; kept after approval, since the paper is printed from it.
CREATE TABLE plan_draft (
  plan_id @id PRIMARY KEY REFERENCES plan(id),
  manuscript @json NOT NULL,
  before @json, -- before the last removal, for undo
  undo @text, -- the token that brings it back
  submitted_ms @ms,
  submitted_by @id,
  returned @text NOT NULL DEFAULT '' -- why it was sent back
);
