-- The service's own events, kept for good; those that the event log has not acknowledged are sent from here (lib/outbox).
CREATE TABLE "user_events" (
  "seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "id" uuid NOT NULL,
  "topic" text NOT NULL,
  "key" text NOT NULL,
  "stream" text NOT NULL,
  "version" bigint NOT NULL CHECK ("version" > 0),
  "type" text NOT NULL,
  "body" jsonb NOT NULL,
  "created_at" timestamp with time zone NOT NULL,
  "sent_at" timestamp with time zone,
  UNIQUE ("stream", "version")
);
--> statement-breakpoint
CREATE INDEX "user_events_unsent" ON "user_events" ("seq") WHERE "sent_at" IS NULL;
--> statement-breakpoint
CREATE TABLE "relay_lease" (
  "name" text PRIMARY KEY,
  "holder" text NOT NULL,
  "until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "database_epoch" ("one" boolean PRIMARY KEY CHECK ("one"), "epoch" integer NOT NULL CHECK ("epoch" > 0));
--> statement-breakpoint
-- How many events of each user there are. Not a column of accounts: it is locked last of all, after sessions, and an account before them.
-- Without a reference, too: checking that would lock the account. 0: nobody has been told of the account yet.
CREATE TABLE "user_streams" ("user_id" uuid PRIMARY KEY, "version" bigint NOT NULL);
--> statement-breakpoint
CREATE INDEX "user_streams_untold" ON "user_streams" ("user_id") WHERE "version" = 0;
--> statement-breakpoint
-- A trigger, because a build of before makes accounts too.
CREATE FUNCTION "begin_user_stream"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "user_streams" VALUES (NEW."id", 0);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "accounts_begin_user_stream" AFTER INSERT ON "accounts" FOR EACH ROW EXECUTE FUNCTION "begin_user_stream"();
--> statement-breakpoint
-- After the trigger: making it waits for who is making an account and lets nobody else begin, so none is missed by both.
INSERT INTO "user_streams" SELECT "id", 0 FROM "accounts";
--> statement-breakpoint
-- By the names of the documents.
CREATE VIEW "users" AS SELECT "id", "name", "created_at" FROM "accounts";
