-- Lists go by age, the newest first, and those that are open are found among however many a user has had.
CREATE INDEX "orders_of_user_by_age" ON "orders" ("user_id", "age");
--> statement-breakpoint
CREATE INDEX "orders_open_of_user" ON "orders" ("user_id", "age") WHERE "status" IN ('PENDING', 'NEW', 'PARTIALLY_FILLED');
