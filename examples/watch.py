"""Prints what a portfolio is worth, live: python3 examples/watch.py [http://localhost:8080] [name] [password]"""

import sys

from tickfolio import Client

defaults = ["http://localhost:8080", "alice", "correct horse battery"]
url, name, password = sys.argv[1:] + defaults[len(sys.argv) - 1 :]
with Client(url) as t:
    t.sign_in(name, password)
    for frame in t.live():
        print(f"{frame['TotalValue']:f}", flush=True)
