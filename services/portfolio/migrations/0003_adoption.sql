-- Coins that were counted elsewhere before keep their numbers, and what is held from then on is numbered above them. A row once that
-- has begun.
CREATE TABLE "adoption" (
  "one" boolean PRIMARY KEY CHECK ("one"),
  "first_id" bigint NOT NULL CHECK ("first_id" > 0),
  "begun_at" timestamp with time zone NOT NULL
);
