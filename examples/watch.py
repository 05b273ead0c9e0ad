"""Prints what alice's portfolio is worth, live. pip install websockets; python3 watch.py [http://localhost:8080]"""

import asyncio
import json
import sys
import urllib.request

import websockets

base = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080"
login = urllib.request.Request(
    f"{base}/api/v1/auth/login",
    method="POST",
    headers={"content-type": "application/json"},
    data=json.dumps({"name": "alice", "password": "correct horse battery"}).encode(),
)
token = json.load(urllib.request.urlopen(login))["accessToken"]


async def main():
    url = base.replace("http", "ws", 1) + "/api/v1/ws"
    async with websockets.connect(url, subprotocols=["bearer", token]) as ws:
        async for message in ws:
            frame = json.loads(message)
            if "TotalValue" in frame:  # What has a "Type" is about the connection.
                print(frame["TotalValue"], flush=True)


asyncio.run(main())
