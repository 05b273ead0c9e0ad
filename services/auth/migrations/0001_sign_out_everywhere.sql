-- A session can also end because its user signed out everywhere.
ALTER TABLE "sessions"
  DROP CONSTRAINT "sessions_revoked_because_check",
  ADD CONSTRAINT "sessions_revoked_because_check" CHECK ("revoked_because" IN ('logout', 'reuse', 'everywhere'));
