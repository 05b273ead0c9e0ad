"""Compares what the client says of answers with what the server says: `bodies.py <openapi.json> <asyncapi.json>`.

Writes a line for each difference: a field that one of them lacks, one that may be missing for one alone, and an amount
that does not come as a decimal.
"""

from __future__ import annotations

import json
import re
import sys
import typing
from decimal import Decimal
from typing import Any

from tickfolio import bodies
from tickfolio.bodies import with_decimals

_of_calls = {
    "get /profile": bodies.Profile,
    "post /profile/coins": bodies.ChangedCoin,
    "delete /profile/coins": bodies.Removal,
    "post /profile/changes/{id}/undo": bodies.ChangedCoin,
    "get /profile/frame": bodies.Frame,
    "get /profile/receipt": bodies.Receipt,
    "get /profile/value": bodies.ValueHistory,
    "get /symbols": bodies.SymbolList,
    "get /coins/{symbol}/candles": bodies.Candles,
}
_of_messages = {"frame": bodies.Frame, "balance": bodies.Balance, "order": bodies.OrderTold}


def read(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        return dict(json.load(file))


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    for of in ("anyOf", "oneOf"):
        if of in schema:
            return next(one for one in schema[of] if one.get("type") != "null")
    return schema


def compare(name: str, body: Any, schema: dict[str, Any]) -> None:
    schema = without_null(schema)
    if typing.get_origin(body) is list:
        compare(f"{name}[]", typing.get_args(body)[0], schema["items"])
        return
    options = [option for option in typing.get_args(body) if option is not type(None)]
    body = options[0] if options else body
    key = name.rpartition(".")[2]
    if typing.is_typeddict(body):
        hints, properties = typing.get_type_hints(body), schema["properties"]
        if hints.keys() != properties.keys():
            print(name, "differs in", sorted(hints.keys() ^ properties.keys()))
        for field in hints.keys() & properties.keys():
            if (field in body.__required_keys__) != (field in schema.get("required", [])):
                print(name, "differs in what is always there:", field)
            compare(f"{name}.{field}", hints[field], properties[field])
    elif body is Decimal and not isinstance(with_decimals({key: "1.50"})[key], Decimal):
        print(name, "comes as a text")
    elif body is str and any(re.fullmatch(r"-?\d+(\.\d+)?", str(one)) for one in schema.get("examples", [])):
        print(name, "looks like an amount, and is said to be a text")


paths = {path.removeprefix("/api/v1"): calls for path, calls in read(sys.argv[1])["paths"].items()}
for call, told in _of_calls.items():
    method, path = call.split()
    answers = paths[path][method]["responses"]
    good = next(answer for status, answer in answers.items() if status.startswith("2"))
    compare(call, told, good["content"]["application/json"]["schema"])
messages = read(sys.argv[2])["components"]["messages"]
for message, told in _of_messages.items():
    compare(message, told, messages[message]["payload"])
