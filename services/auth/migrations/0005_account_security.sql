-- What is shown of a session to whom it belongs, and when its user last proved to be there. Null for sessions of builds before.
ALTER TABLE "accounts" ADD COLUMN "password_changed_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "sessions"
  ADD COLUMN "device" text,
  ADD COLUMN "network" text,
  ADD COLUMN "last_used_at" timestamp with time zone,
  ADD COLUMN "authenticated_at" timestamp with time zone;
--> statement-breakpoint
-- More reasons why a session may end: ended from the list, by a change of the password, by a recovery, or because there are too many.
ALTER TABLE "sessions"
  DROP CONSTRAINT "sessions_revoked_because_check",
  ADD CONSTRAINT "sessions_revoked_because_check"
    CHECK ("revoked_because" IN ('logout', 'reuse', 'everywhere', 'ended', 'password', 'recovery', 'too-many'));
--> statement-breakpoint
-- The audit log of lib/audit: a chain of hashes, in which nothing is changed.
CREATE TABLE "audit_log" (
  "seq" bigint PRIMARY KEY,
  "at" timestamp with time zone NOT NULL,
  "actor_kind" text NOT NULL,
  "actor_id" text NOT NULL,
  "action" text NOT NULL,
  "subject_kind" text NOT NULL,
  "subject_id" text NOT NULL,
  "outcome" text NOT NULL CHECK ("outcome" IN ('ok', 'refused')),
  "request_id" text NOT NULL,
  "detail" jsonb,
  "salt" bytea,
  "commitment" bytea NOT NULL,
  "prev" bytea NOT NULL,
  "hash" bytea NOT NULL,
  CHECK (("detail" IS NULL) = ("salt" IS NULL))
);
--> statement-breakpoint
CREATE INDEX "audit_log_subject" ON "audit_log" ("subject_id", "seq");
--> statement-breakpoint
CREATE TABLE "audit_log_head" (
  "one" boolean PRIMARY KEY CHECK ("one"),
  "seq" bigint NOT NULL,
  "hash" bytea NOT NULL,
  "base_seq" bigint NOT NULL,
  "base_hash" bytea NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_pseudonyms" (
  "user_id" uuid PRIMARY KEY,
  "pseudonym" uuid NOT NULL UNIQUE
);
--> statement-breakpoint
-- The service owns the table, so rights cannot keep it from changing a row; this does, against mistakes and what is injected.
-- Two things pass: the erasure of a detail with its salt, after which the chain still holds, and the end of rows that are too old.
CREATE FUNCTION "keep_audit_log"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD."at" < now() - interval '400 days' THEN RETURN OLD; END IF;
  ELSIF NEW."detail" IS NULL AND NEW."salt" IS NULL
    AND (to_jsonb(NEW) - 'detail' - 'salt') = (to_jsonb(OLD) - 'detail' - 'salt') THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is not changed';
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_log_keep" BEFORE UPDATE OR DELETE ON "audit_log" FOR EACH ROW EXECUTE FUNCTION "keep_audit_log"();
--> statement-breakpoint
-- Erases a person: what is left says that something was done, and not by or to whom.
CREATE FUNCTION "erase_from_audit_log"("erased_user" uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "audit_log" SET "detail" = NULL, "salt" = NULL WHERE "detail" IS NOT NULL
    AND "subject_id" = (SELECT "pseudonym"::text FROM "audit_pseudonyms" WHERE "user_id" = "erased_user");
  DELETE FROM "audit_pseudonyms" WHERE "user_id" = "erased_user";
END $$;
