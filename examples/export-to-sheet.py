"""Writes what is held, and what it was worth, as sheets that any spreadsheet opens with every digit:

python3 examples/export-to-sheet.py [folder] [http://localhost:8080] [name] [password]
"""

import csv
import sys
from pathlib import Path

from tickfolio import Client

defaults = [".", "http://localhost:8080", "alice", "correct horse battery"]
folder, url, name, password = sys.argv[1:] + defaults[len(sys.argv) - 1 :]


def text(amount):
    """Every digit; empty where there is no price. Quotes around it keep spreadsheets from rounding it to 15."""
    return "" if amount is None else f"{amount:f}"


def write(file, head, rows):
    path = Path(folder, file)
    with path.open("w", newline="", encoding="utf-8-sig") as sheet:  # The mark tells Excel that it is UTF-8.
        writer = csv.writer(sheet, quoting=csv.QUOTE_ALL)
        writer.writerow(head)
        writer.writerows(rows)
    print(path)


with Client(url) as t:
    t.sign_in(name, password)
    frame = t.frame()
    coins = [
        (coin["Symbol"], text(coin["Quantity"]), text(coin["Price"]), text(coin["Total"]), coin["PriceTime"] or "")
        for coin in frame["Coins"]
    ]
    total = ("total", "", "", text(frame["TotalValue"]), frame["AsOf"])
    write("holdings.csv", ["symbol", "quantity", "price", "total in USDT", "time"], [*coins, total])
    points = t.value("30d")["Points"]
    write("value.csv", ["time", "value in USDT"], [(point["Time"], text(point["Value"])) for point in points])
