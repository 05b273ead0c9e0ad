-- What names are compared by. The program makes it, byte by byte: what the database takes for lower case depends on its locale, and in a
-- Turkish or Azeri one "BILLIE" was found by nobody and stood beside "billie".
ALTER TABLE "accounts" ADD COLUMN "name_key" text COLLATE "C";
--> statement-breakpoint
-- Where such accounts stand side by side, one keeps the name in every case: the one that was found by it until now, else the oldest.
-- The others have no key and are found as they are spelled.
UPDATE "accounts" SET "name_key" = lower("name" COLLATE "C") WHERE "id" IN (
  SELECT DISTINCT ON (lower("name" COLLATE "C")) "id" FROM "accounts"
  ORDER BY lower("name" COLLATE "C"), (lower("name") = lower("name" COLLATE "C")) DESC, "created_at", "id"
);
--> statement-breakpoint
DO $$
DECLARE
  "twin" record;
BEGIN
  FOR "twin" IN
    SELECT "other"."id", "keeper"."id" AS "keeper_id" FROM "accounts" "other"
    JOIN "accounts" "keeper" ON "keeper"."name_key" = lower("other"."name" COLLATE "C") WHERE "other"."name_key" IS NULL
  LOOP
    RAISE WARNING 'account % has the name of account % but for capital letters, and is found by its exact spelling only', "twin"."id", "twin"."keeper_id";
  END LOOP;
END $$;
--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_name_key" ON "accounts" ("name_key");
--> statement-breakpoint
CREATE INDEX "accounts_name_without_key" ON "accounts" ("name" COLLATE "C") WHERE "name_key" IS NULL;
--> statement-breakpoint
-- For builds that know nothing of keys; names are ASCII. Their index on lower("name") stays as long as they do.
CREATE FUNCTION "fill_name_key"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."name_key" := coalesce(NEW."name_key", lower(NEW."name" COLLATE "C"));
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "accounts_fill_name_key" BEFORE INSERT ON "accounts" FOR EACH ROW EXECUTE FUNCTION "fill_name_key"();
