#!/usr/bin/env python3
"""Tools of the Redis world, unmodified, against keyslot-sim serve.

    serve_tools_test.py path/to/keyslot-sim

Needs redis-cli, redis-benchmark and python3-redis. Prints a line for each check; exit 1 if one failed.
"""

import json
import logging
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from redis.cluster import ClusterNode, RedisCluster

PORT = 7370
CONTROL = 7379
KEYS = 10_000
failures = 0
logging.disable(logging.CRITICAL)  # redis-py prints a traceback for each MOVED that it follows


def check(what, held, detail=""):
    global failures
    print(f"{'ok    ' if held else 'FAILED'} {what}{': ' + str(detail) if detail else ''}", flush=True)
    failures += 0 if held else 1


def http(method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{CONTROL}{path}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def redis_cli(*words):
    return subprocess.run(
        ["redis-cli", "-c", "-p", str(PORT), *words], capture_output=True, text=True, timeout=30
    ).stdout.strip()


def check_redis_cli():
    # Keys of all three masters through one node: two of three are redirected.
    held = all(redis_cli("SET", f"cli:{i}", str(i)) == "OK" for i in range(12))
    held = held and all(redis_cli("GET", f"cli:{i}") == str(i) for i in range(12))
    check("redis-cli -c follows redirects", held)
    answer = subprocess.run(
        ["redis-cli", "-p", str(PORT), "GET", "cli:1"], capture_output=True, text=True, timeout=30
    ).stdout + subprocess.run(
        ["redis-cli", "-p", str(PORT), "GET", "cli:2"], capture_output=True, text=True, timeout=30
    ).stdout
    check("redis-cli without -c shows MOVED", "MOVED" in answer, answer.strip().replace("\n", " | "))
    answer = subprocess.run(
        ["redis-cli", "--cluster", "check", f"127.0.0.1:{PORT}"], capture_output=True, text=True, timeout=60
    ).stdout
    check("redis-cli --cluster check", "[OK] All 16384 slots covered." in answer, answer[-200:].strip())


class Migrations:
    """Moves slots about, one action after the other.

    Never two at once: both targets would take a new epoch without asking anybody, and when the epochs
    collide Redis itself can end with two nodes that name each other as the owner of a slot.
    """

    COUNT = 5

    def __init__(self):
        self.rng = random.Random(1)
        self.begun = 0
        self.action = None

    def go_on(self):
        """Begins the next migration if the one before has ended. False when all have."""
        if self.action is not None:
            _, answer = http("GET", f"/action/{self.action}")
            if answer.get("state") != "ended":
                return True
            check(f"GET /action/{self.action}", "moved 301 slots" in answer.get("result", ""), answer.get("result"))
            self.action = None
        if self.begun == self.COUNT:
            return False
        first = self.rng.randrange(0, 16000)
        body = {"type": "migrate", "slots": f"{first}-{first + 300}", "to": f"node-{self.rng.randrange(1, 4)}"}
        status, answer = http("POST", "/action", body)
        check(f"POST /action migrates slots {first}-{first + 300}", status == 202, answer)
        self.action = answer.get("id")
        self.begun += 1
        return True


def check_redis_py_while_slots_move():
    redis = RedisCluster(startup_nodes=[ClusterNode("127.0.0.1", PORT)], decode_responses=True)
    migrations = Migrations()
    wrong = 0
    for i in range(KEYS):
        redis.set(f"py:{i}", str(i))
        if i % 200 == 100:
            migrations.go_on()
    for i in range(KEYS):
        wrong += redis.get(f"py:{i}") != str(i)
        if i % 200 == 100:
            migrations.go_on()
    check(f"redis-py sets and gets {KEYS} keys while slots move", wrong == 0, f"{wrong} wrong")
    deadline = time.monotonic() + 60
    while migrations.go_on() and time.monotonic() < deadline:
        time.sleep(0.05)
    check(f"all {Migrations.COUNT} migrations ended", migrations.action is None)
    wrong = sum(redis.get(f"py:{i}") != str(i) for i in range(KEYS))
    check("and redis-py gets all keys afterwards", wrong == 0, f"{wrong} wrong")


def check_redis_benchmark():
    answer = subprocess.run(
        ["redis-benchmark", "--cluster", "-p", str(PORT), "-t", "set,get", "-n", "100000", "-P", "16", "-q"],
        capture_output=True, text=True, timeout=120,
    )
    lines = [line for line in answer.stdout.replace("\r", "\n").splitlines() if "requests per second" in line]
    check("redis-benchmark --cluster -t set,get completes", answer.returncode == 0 and len(lines) >= 2,
          "; ".join(lines[-2:]) or answer.stderr)


def check_hostile_bytes():
    with socket.create_connection(("127.0.0.1", PORT), timeout=5) as connection:
        connection.sendall(b"*1\r\n!garbage\r\n")
        heard = b""
        while chunk := connection.recv(4096):
            heard += chunk
    check("garbage gets Redis's protocol error and a close", heard == b"-ERR Protocol error: expected '$', got '!'\r\n",
          heard)
    check("and the node lives on", redis_cli("PING") == "PONG")


def check_control_plane_errors():
    status, answer = http("POST", "/action", {"type": "crash", "node": "node-99"})
    check("an unknown node is refused and the names are told", status == 400 and "node-1" in json.dumps(answer), answer)
    status, answer = http("POST", "/action", {"type": "explode"})
    check("an unknown action is refused and the actions are told", status == 400 and "crash" in json.dumps(answer), answer)
    status, _ = http("GET", "/action/999999")
    check("an unknown action id is 404", status == 404)
    status, answer = http("GET", "/state")
    check("GET /state lists the nodes", status == 200 and len(answer["nodes"]) == 6)


def main():
    server = subprocess.Popen(
        [sys.argv[1], "serve", "--masters", "3", "--replicas", "1", "--port", str(PORT),
         "--control-port", str(CONTROL)],
        stdout=subprocess.PIPE, text=True,
    )
    try:
        print(server.stdout.readline().strip(), flush=True)
        check_redis_cli()
        check_redis_py_while_slots_move()
        check_redis_benchmark()
        check_hostile_bytes()
        check_control_plane_errors()
    finally:
        server.terminate()
        check("serve ends cleanly on SIGTERM", server.wait(timeout=10) == 0, server.returncode)
    print(f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
