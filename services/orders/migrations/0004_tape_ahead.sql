-- A trade that does more than one transaction may hold is written portfolio by portfolio; of those up to here it is.
ALTER TABLE "tape_positions" ADD COLUMN "ahead" jsonb;
