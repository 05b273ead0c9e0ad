CREATE TABLE "vaults" (
  "id" serial PRIMARY KEY,
  "name" text NOT NULL,
  "amount" numeric(38, 18) NOT NULL,
  "opened_at" timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "vaults_name_unique" UNIQUE ("name"),
  CONSTRAINT "vaults_amount_check" CHECK ("amount" >= 0)
);
