-- How far each partition of a topic is: its oldest message that is kept, and what the next one gets.
CREATE TABLE "partitions" (
  "topic" text NOT NULL,
  "partition" integer NOT NULL,
  "first_offset" bigint NOT NULL DEFAULT 0,
  "next_offset" bigint NOT NULL DEFAULT 0,
  PRIMARY KEY ("topic", "partition"),
  CHECK ("first_offset" >= 0 AND "next_offset" >= "first_offset")
);
--> statement-breakpoint
-- Messages that were written together, in one row a partition.
CREATE TABLE "batches" (
  "topic" text NOT NULL,
  "partition" integer NOT NULL,
  "first_offset" bigint NOT NULL,
  "count" integer NOT NULL CHECK ("count" > 0),
  "bytes" integer NOT NULL,
  "body" bytea NOT NULL,
  "at" timestamp with time zone NOT NULL,
  PRIMARY KEY ("topic", "partition", "first_offset")
);
--> statement-breakpoint
-- What each group reads next.
CREATE TABLE "groups" (
  "group" text NOT NULL,
  "topic" text NOT NULL,
  "partition" integer NOT NULL,
  "committed" bigint NOT NULL,
  "at" timestamp with time zone NOT NULL,
  PRIMARY KEY ("group", "topic", "partition")
);
