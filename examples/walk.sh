#!/bin/sh
B=${B:-http://localhost:8080}
JSON='content-type: application/json'
ALICE='{"name":"alice","password":"correct horse battery"}'

# an account, and a session: the access token goes into TOKEN, the refresh token into the cookie jar
curl -sw "\n" "$B/api/v1/auth/register" -H "$JSON" -d "$ALICE"
TOKEN=$(curl -s -c /tmp/tickfolio.jar "$B/api/v1/auth/login" -H "$JSON" -d "$ALICE" |
  sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
AUTH="authorization: Bearer $TOKEN"

# what you hold; quantities are decimal texts, a negative one takes away
curl -sw "\n" "$B/api/v1/profile/coins" -H "$AUTH" -H "$JSON" -d '{"symbol":"btcusdt","quantity":"1.5"}'
curl -sw "\n" "$B/api/v1/profile/coins" -H "$AUTH" -H "$JSON" -d '{"symbol":"ethusdt","quantity":"10"}'
curl -sw "\n" "$B/api/v1/profile" -H "$AUTH"

# your portfolios, one of them with paper money, and an asset to keep an eye on
curl -sw "\n" "$B/api/v1/portfolios" -H "$AUTH"
curl -sw "\n" -X PUT "$B/api/v1/watchlist/solusdt" -H "$AUTH"

# what you hold, live: a frame at once, then one whenever a price or the portfolio changes
npx wscat -c "ws${B#http}/api/v1/ws" -H "$AUTH"
