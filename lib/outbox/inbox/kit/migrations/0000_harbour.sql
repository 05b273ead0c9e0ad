-- What a service has that takes events in: a harbour that notes where boats are, and the tables of lib/outbox/inbox.
CREATE TABLE "arrivals" (
  "id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "stream" text NOT NULL,
  "version" bigint NOT NULL,
  "at" integer NOT NULL CHECK ("at" < 1000000)
);
--> statement-breakpoint
CREATE TABLE "inbox" (
  "stream" text PRIMARY KEY,
  "source" text NOT NULL,
  "epoch" integer NOT NULL,
  "version" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "inbox_source_epoch" ON "inbox" ("source", "epoch");
--> statement-breakpoint
-- Streams that are called after a user, who is forgotten.
CREATE INDEX "inbox_of_user" ON "inbox" (split_part("stream", ':', 2));
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
  "body" text,
  "parked_at" timestamp with time zone NOT NULL,
  "released_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "erased_users" ("user_id" text PRIMARY KEY, "erased_at" timestamp with time zone NOT NULL);
