-- What an order may bring at most, for which its portfolio keeps room. Of those of before nobody said it.
ALTER TABLE "orders" ADD COLUMN "brings" numeric(38, 18);
