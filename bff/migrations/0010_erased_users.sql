-- What the gateway has heard of others (lib/outbox/inbox).
CREATE TABLE "inbox" (
  "stream" text PRIMARY KEY,
  "source" text NOT NULL,
  "epoch" integer NOT NULL,
  "version" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "inbox_source_epoch" ON "inbox" ("source", "epoch");
--> statement-breakpoint
CREATE TABLE "log_positions" (
  "topic" text NOT NULL,
  "partition" integer NOT NULL,
  "next_offset" bigint NOT NULL,
  PRIMARY KEY ("topic", "partition")
);
--> statement-breakpoint
CREATE TABLE "event_sources" (
  "source" text PRIMARY KEY,
  "epoch" integer NOT NULL,
  "after_seq" bigint NOT NULL,
  "read_at" timestamp with time zone,
  "read_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "parked_streams" (
  "stream" text PRIMARY KEY,
  "topic" text NOT NULL,
  "source" text NOT NULL,
  "epoch" integer NOT NULL,
  "version" bigint NOT NULL,
  "reason" text NOT NULL,
  "parked_at" timestamp with time zone NOT NULL,
  "released_at" timestamp with time zone
);
--> statement-breakpoint
-- Users whose account was deleted, for 30 days: by then the event log has forgotten them, and no token of theirs is left.
CREATE TABLE "erased_users" (
  "user_id" text PRIMARY KEY,
  "erased_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
-- Those of whom something may still be left here.
CREATE TABLE "open_erasures" (
  "user_id" text PRIMARY KEY,
  "begun_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
-- A trigger, because a build of before makes profiles too. Whoever erases holds the same lock alone, so a profile is either there when it
-- looks, or refused.
CREATE FUNCTION "refuse_erased_user"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(NEW."id", 0));
  IF EXISTS (SELECT FROM "erased_users" WHERE "user_id" = NEW."id") THEN
    RAISE EXCEPTION 'the account was deleted' USING ERRCODE = 'TF410';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "profiles_refuse_erased_user" BEFORE INSERT ON "profiles" FOR EACH ROW EXECUTE FUNCTION "refuse_erased_user"();
--> statement-breakpoint
-- The service's own events; those that the event log has not acknowledged are sent from here (lib/outbox).
CREATE TABLE "profile_events" (
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
CREATE INDEX "profile_events_unsent" ON "profile_events" ("seq") WHERE "sent_at" IS NULL;
--> statement-breakpoint
CREATE TABLE "relay_lease" (
  "name" text PRIMARY KEY,
  "holder" text NOT NULL,
  "until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "database_epoch" ("one" boolean PRIMARY KEY CHECK ("one"), "epoch" integer NOT NULL CHECK ("epoch" > 0));
