-- A used refresh token stays good until a successor of it was used, which alone proves that somebody has one: only then is it superseded,
-- and its use theft. With it goes whatever else the session has: one line goes on. Done here and not by the program, so that it also
-- holds for what a build uses that knows nothing of it; for those the others count as used besides.
ALTER TABLE "refresh_tokens" ADD COLUMN "superseded_at" timestamp with time zone;
--> statement-breakpoint
CREATE FUNCTION "supersede_refresh_tokens"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "refresh_tokens" SET "superseded_at" = NEW."used_at", "used_at" = coalesce("used_at", NEW."used_at")
    WHERE "session_id" = NEW."session_id" AND "token_hash" <> NEW."token_hash" AND "superseded_at" IS NULL
    -- Not the hundreds that were used before there was this mark: that a later one was used says the same of them.
    AND ("used_at" IS NULL OR "used_at" = (
      SELECT max("used_at") FROM "refresh_tokens"
        WHERE "session_id" = NEW."session_id" AND "token_hash" <> NEW."token_hash" AND "superseded_at" IS NULL));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "refresh_tokens_supersede" AFTER UPDATE OF "used_at" ON "refresh_tokens" FOR EACH ROW
  WHEN (OLD."used_at" IS NULL AND NEW."used_at" IS NOT NULL AND NEW."superseded_at" IS NULL)
  EXECUTE FUNCTION "supersede_refresh_tokens"();
--> statement-breakpoint
-- What all tokens of a session begin with, as a hash: it tells whose a superseded token was whose own row is gone. Null for sessions and
-- tokens of builds before.
ALTER TABLE "sessions" ADD COLUMN "family_hash" text;
--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_family_hash" ON "sessions" ("family_hash");
--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD COLUMN "family_hash" text;
