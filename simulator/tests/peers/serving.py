"""What the tests against keyslot-sim serve share: the server, checks, and asking."""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request


class Checks:
    """Prints a line for each check, and counts what failed."""

    def __init__(self):
        self.failed = 0

    def __call__(self, what, held, detail=""):
        print(f"{'ok    ' if held else 'FAILED'} {what}{': ' + str(detail) if detail else ''}", flush=True)
        self.failed += 0 if held else 1

    def ends(self):
        print(f"{self.failed} failed")
        return 1 if self.failed else 0


class Serve:
    """keyslot-sim serve, for the length of a with statement."""

    def __init__(self, check, program, *options, port, control_port):
        self.check, self.port, self.control_port = check, port, control_port
        self.command = [program, "serve", "--port", str(port), "--control-port", str(control_port), *options]
        self.cli_options = []

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.ready = self.process.stdout.readline().strip()
        print(self.ready, flush=True)
        if not self.ready.startswith("ready: "):
            sys.exit("serve did not start")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.check("serve ends cleanly on SIGTERM", self.process.wait(timeout=10) == 0, self.process.returncode)

    def http(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.control_port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def cli(self, *words, port=None, follow=True, stdin=None):
        """What redis-cli prints, its errors too."""
        command = ["redis-cli", *(["-c"] if follow else []), "-p", str(port or self.port), *self.cli_options, *words]
        return run(command, stdin=stdin)

    def address(self, n):
        return f"127.0.0.1:{self.port + n}"


def run(command, timeout=120, **how):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
                          input=how.get("stdin"), text=True)
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.replace("\r", "\n")).strip()


def within(seconds, holds):
    """Whether it holds before that time is over."""
    give_up_at = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < give_up_at:
        time.sleep(0.05)
    return held


def tail(text, lines=3):
    return " | ".join(text.splitlines()[-lines:])
