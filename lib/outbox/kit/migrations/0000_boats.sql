-- What a service has that keeps boats and tells of them.
CREATE TABLE "boats" ("name" text PRIMARY KEY, "version" bigint NOT NULL DEFAULT 0);
--> statement-breakpoint
CREATE TABLE "boat_events" (
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
CREATE INDEX "boat_events_unsent" ON "boat_events" ("seq") WHERE "sent_at" IS NULL;
--> statement-breakpoint
CREATE TABLE "relay_lease" (
  "name" text PRIMARY KEY,
  "holder" text NOT NULL,
  "until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "database_epoch" ("one" boolean PRIMARY KEY CHECK ("one"), "epoch" integer NOT NULL CHECK ("epoch" > 0));
