-- What is taken in of what other services tell (lib/outbox/inbox): how far, and what does not get on.
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
  -- The event that a stream stands at, where nobody can be asked for it.
  "body" text,
  "parked_at" timestamp with time zone NOT NULL,
  "released_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "erased_users" ("user_id" text PRIMARY KEY, "erased_at" timestamp with time zone NOT NULL);
--> statement-breakpoint
-- Deleted users of whom something lies here still: it goes piece by piece.
CREATE TABLE "erasing_users" ("user_id" text PRIMARY KEY, "begun_at" timestamp with time zone NOT NULL);
--> statement-breakpoint
-- Streams that are called after a user, to forget those of a user who was erased without reading all of them.
CREATE INDEX "inbox_of_user" ON "inbox" (split_part("stream", ':', 2));
