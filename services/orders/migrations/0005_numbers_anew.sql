-- How often the exchange began the numbers of its trades anew: a fill is once by its order, that and the number.
ALTER TABLE "tape_positions" ADD COLUMN "epoch" integer NOT NULL DEFAULT 0;
--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "epoch" integer NOT NULL DEFAULT 0;
--> statement-breakpoint
ALTER TABLE "fills" ADD COLUMN "epoch" integer NOT NULL DEFAULT 0;
--> statement-breakpoint
ALTER TABLE "fills" DROP CONSTRAINT "fills_order_id_trade_id_key";
--> statement-breakpoint
ALTER TABLE "fills" ADD UNIQUE ("order_id", "epoch", "trade_id");
