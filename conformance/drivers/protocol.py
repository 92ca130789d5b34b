"""The drivers' side of the line protocol (README.md beside this file), for drivers in Python."""

import json
import queue
import random
import sys
import threading

random.seed(1)  # what a client leaves to chance turns out the same in every run


class Unimplemented(Exception):
    """The client has no such thing."""


class Failed(Exception):
    """An operation failed, and the client says how: code and outcome as in the README."""

    def __init__(self, message, code=None, outcome=None):
        super().__init__(message)
        self.code, self.outcome = code, outcome


_lock = threading.Lock()


def say(line):
    with _lock:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def plain(value):
    """A reply as JSON has it: text for bytes, lists for sets and tuples."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, (list, tuple, set)):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        return [part for pair in value.items() for part in map(plain, pair)]
    if isinstance(value, Exception):
        return {"error": str(value)}
    return value


def message(channel, text):
    """What a subscription got."""
    say({"event": "message", "channel": plain(channel), "message": plain(text)})


def _answer(number, operation, request):
    try:
        say({"id": number, "value": plain(operation(request))})
    except Unimplemented as missing:
        say({"id": number, "unimplemented": str(missing)})
    except Exception as error:  # pylint: disable=broad-except
        told = {"message": f"{type(error).__name__}: {error}"}
        for name in ("code", "outcome"):
            if getattr(error, name, None):
                told[name] = getattr(error, name)
        say({"id": number, "error": told})


def run(hello, operations, threads=1):
    """Until stdin ends. `operations`: what to call, by name, with the request. With several threads as
    many operations are under way at once."""
    work = queue.Queue()

    def worker():
        while True:
            _answer(*work.get())

    for _ in range(threads if threads > 1 else 0):
        threading.Thread(target=worker, daemon=True).start()
    for line in sys.stdin:
        request = json.loads(line)
        op, number = request["op"], request["id"]
        if op == "hello":
            say({"id": number, "protocol": 1, "concurrency": threads, **hello})
        elif op == "ping":
            say({"id": number, "value": "PONG"})
        elif op not in operations:
            say({"id": number, "unimplemented": op})
        elif threads > 1 and op not in ("connect", "close"):
            work.put((number, operations[op], request))
        else:
            _answer(number, operations[op], request)
