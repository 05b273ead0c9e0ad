-- Values in the course of time in partitions, minutes by day and hours by month (UTC), so that what is kept no longer is dropped and not deleted.
-- No foreign key: it would lock every profile every minute. The program makes the partitions; what falls in none of them, because it was
-- stopped or may not make tables, lies in the one called "rest".
CREATE TABLE "value_minutes" (
  "user_id" text NOT NULL,
  "simulated" boolean NOT NULL,
  "minute" timestamp with time zone NOT NULL,
  "value" numeric NOT NULL,
  "missing" text[],
  "old" text[],
  PRIMARY KEY ("user_id", "simulated", "minute")
) PARTITION BY RANGE ("minute");
--> statement-breakpoint
CREATE TABLE "value_minutes_rest" PARTITION OF "value_minutes" DEFAULT;
--> statement-breakpoint
-- "at" is the moment of the value, the first one of its hour.
CREATE TABLE "value_hours" (
  "user_id" text NOT NULL,
  "simulated" boolean NOT NULL,
  "hour" timestamp with time zone NOT NULL,
  "at" timestamp with time zone NOT NULL,
  "value" numeric NOT NULL,
  "missing" text[],
  "old" text[],
  PRIMARY KEY ("user_id", "simulated", "hour")
) PARTITION BY RANGE ("hour");
--> statement-breakpoint
CREATE TABLE "value_hours_rest" PARTITION OF "value_hours" DEFAULT;
--> statement-breakpoint
-- Those of the first days, before anybody writes.
DO $$
DECLARE today timestamp := date_trunc('day', now() AT TIME ZONE 'UTC'); month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
BEGIN
  FOR n IN 0..1 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF "value_minutes" FOR VALUES FROM (%L) TO (%L)', 'value_minutes_' || to_char(today + n * interval '1 day', 'YYYYMMDD'),
      (today + n * interval '1 day') AT TIME ZONE 'UTC', (today + (n + 1) * interval '1 day') AT TIME ZONE 'UTC');
    EXECUTE format('CREATE TABLE %I PARTITION OF "value_hours" FOR VALUES FROM (%L) TO (%L)', 'value_hours_' || to_char(month + n * interval '1 month', 'YYYYMM'),
      (month + n * interval '1 month') AT TIME ZONE 'UTC', (month + (n + 1) * interval '1 month') AT TIME ZONE 'UTC');
  END LOOP;
END $$;
--> statement-breakpoint
-- Who records a minute: whoever writes its row first. "done_at" stays NULL where it came to no end.
CREATE TABLE "value_rounds" (
  "simulated" boolean NOT NULL,
  "minute" timestamp with time zone NOT NULL,
  "done_at" timestamp with time zone,
  PRIMARY KEY ("simulated", "minute")
);
--> statement-breakpoint
-- The rows of before stay where they are, without a copy or a look at each. Under the old names an earlier build, which may run beside this one
-- or come back, finds the rows of before and of now, and what it writes goes to the new tables. It removes nothing any more.
ALTER TABLE "portfolio_values" RENAME TO "portfolio_values_before";
--> statement-breakpoint
ALTER TABLE "portfolio_hours" RENAME TO "portfolio_hours_before";
--> statement-breakpoint
CREATE VIEW "portfolio_values" AS
  SELECT "user_id", "minute", "value", "simulated", "missing", "old" FROM "value_minutes"
  UNION ALL
  SELECT "user_id", "minute", "value", "simulated", "missing", "old" FROM "portfolio_values_before";
--> statement-breakpoint
CREATE VIEW "portfolio_hours" AS
  SELECT "user_id", "hour", "value", "simulated", "missing", "old", "at" FROM "value_hours"
  UNION ALL
  SELECT "user_id", "hour", "value", "simulated", "missing", "old", "hour" FROM "portfolio_hours_before";
--> statement-breakpoint
CREATE FUNCTION "keep_value_minute"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "value_minutes" ("user_id", "simulated", "minute", "value", "missing", "old")
  VALUES (NEW."user_id", NEW."simulated", NEW."minute", NEW."value", NEW."missing", NEW."old") ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN NEW; END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION "keep_value_hour"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "value_hours" ("user_id", "simulated", "hour", "at", "value", "missing", "old")
  VALUES (NEW."user_id", NEW."simulated", NEW."hour", coalesce(NEW."at", NEW."hour"), NEW."value", NEW."missing", NEW."old") ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN NEW; END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "keep_value_minute" INSTEAD OF INSERT ON "portfolio_values" FOR EACH ROW EXECUTE FUNCTION "keep_value_minute"();
--> statement-breakpoint
CREATE TRIGGER "keep_value_hour" INSTEAD OF INSERT ON "portfolio_hours" FOR EACH ROW EXECUTE FUNCTION "keep_value_hour"();
--> statement-breakpoint
CREATE RULE "portfolio_values_stay" AS ON DELETE TO "portfolio_values" DO INSTEAD NOTHING;
--> statement-breakpoint
CREATE RULE "portfolio_hours_stay" AS ON DELETE TO "portfolio_hours" DO INSTEAD NOTHING;
