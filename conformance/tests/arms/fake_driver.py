"""A driver with something wrong with it: fake_driver.py WHAT. There is no client behind it."""

import json
import os
import signal
import sys
import time

WHAT = sys.argv[1]


def say(line):
    print(line if isinstance(line, str) else json.dumps(line), flush=True)


def hello(number):
    say({"id": number, "protocol": 2 if WHAT == "speaks_another_protocol" else 1, "name": "fake", "version": "1",
         "capabilities": [], "concurrency": 1 if WHAT == "hangs_sequentially" else 10})


def call(number):
    if WHAT == "dies":
        print("it was the butler", file=sys.stderr)
        sys.exit(7)
    if WHAT == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    if WHAT in ("hangs", "hangs_sequentially"):
        time.sleep(600)
    if WHAT == "forgets":
        return
    if WHAT == "prints_rubbish":
        say("Traceback (most recent call last):")
    if WHAT == "prints_without_end":
        sys.stdout.write("x" * 3_000_000)
        sys.stdout.flush()
    if WHAT == "answers_what_was_not_asked":
        say({"id": number + 1000, "value": 1})
    if WHAT == "says_nothing_in_an_answer":
        say({"id": number})
    if WHAT == "lacks_everything":
        say({"id": number, "unimplemented": "anything at all"})
        return
    say({"id": number, "value": "OK"})
    if WHAT == "answers_twice":
        say({"id": number, "value": "OK"})


for text in sys.stdin:
    request = json.loads(text)
    if request["op"] == "hello":
        if WHAT == "never_says_hello":
            time.sleep(600)
        hello(request["id"])
    elif request["op"] == "call":
        call(request["id"])
    else:
        say({"id": request["id"], "value": None})
