-- What is there obeys the narrower check of before, so nobody waits while all of it is read.
-- Sessions of a deleted account say nothing of whom: they stay a day, as all that were ended, so that others hear of their end.
ALTER TABLE "sessions" ALTER COLUMN "user_id" DROP NOT NULL;
--> statement-breakpoint
ALTER TABLE "sessions"
  DROP CONSTRAINT "sessions_revoked_because_check",
  ADD CONSTRAINT "sessions_revoked_because_check"
    CHECK ("revoked_because" IN ('logout', 'reuse', 'everywhere', 'ended', 'password', 'recovery', 'too-many', 'deleted')) NOT VALID;
--> statement-breakpoint
-- Accounts that were deleted, for 30 days: by then nobody holds anything of them, and the event log has forgotten them too.
-- Of the link that shows what became of it only the SHA-256 is kept.
CREATE TABLE "deletions" (
  "user_id" uuid PRIMARY KEY,
  "link_hash" text NOT NULL UNIQUE,
  "deleted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "deletions_deleted_at" ON "deletions" ("deleted_at");
--> statement-breakpoint
-- Which services hold something of the user, and when each had erased it.
CREATE TABLE "erasures" (
  "user_id" uuid NOT NULL REFERENCES "deletions" ("user_id") ON DELETE CASCADE,
  "service" text NOT NULL,
  "done_at" timestamp with time zone,
  PRIMARY KEY ("user_id", "service")
);
--> statement-breakpoint
CREATE INDEX "erasures_open" ON "erasures" ("service", "user_id") WHERE "done_at" IS NULL;
