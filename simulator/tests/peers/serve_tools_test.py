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
import threading
import time

from redis.cluster import ClusterNode, RedisCluster

from serving import Checks, Serve, run, within

PORT = 7370
CONTROL = 7379
KEYS = 10_000
check = Checks()
logging.disable(logging.CRITICAL)  # redis-py prints a traceback for each MOVED that it follows


def check_redis_cli(serve):
    # Keys of all three masters through one node: two of three are redirected.
    held = all(serve.cli("SET", f"cli:{i}", str(i)) == "OK" for i in range(12))
    held = held and all(serve.cli("GET", f"cli:{i}") == str(i) for i in range(12))
    check("redis-cli -c follows redirects", held)
    answer = serve.cli("GET", "cli:1", follow=False) + " | " + serve.cli("GET", "cli:2", follow=False)
    check("redis-cli without -c shows MOVED", "MOVED" in answer, answer)
    answer = run(["redis-cli", "--cluster", "check", serve.address(0)])
    check("redis-cli --cluster check", "[OK] All 16384 slots covered." in answer)


class Migrations:
    """Moves slots about, one action after the other.

    Never two at once: both targets would take a new epoch without asking anybody, and when the epochs
    collide Redis itself can end with two nodes that name each other as the owner of a slot.
    """

    COUNT = 5

    def __init__(self, serve):
        self.http = serve.http
        self.rng = random.Random(1)
        self.begun = 0
        self.action = None

    def go_on(self):
        """Begins the next migration if the one before has ended. False when all have."""
        if self.action is not None:
            _, answer = self.http("GET", f"/action/{self.action}")
            if answer.get("state") != "ended":
                return True
            check(f"GET /action/{self.action}", "moved 301 slots" in answer.get("result", ""), answer.get("result"))
            self.action = None
        if self.begun == self.COUNT:
            return False
        first = self.rng.randrange(0, 16000)
        body = {"type": "migrate", "slots": f"{first}-{first + 300}", "to": f"node-{self.rng.randrange(1, 4)}"}
        status, answer = self.http("POST", "/action", body)
        check(f"POST /action migrates slots {first}-{first + 300}", status == 202, answer)
        self.action = answer.get("id")
        self.begun += 1
        return True


def check_redis_py_while_slots_move(serve, redis):
    migrations = Migrations(serve)
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


def check_redis_py(redis):
    pipe = redis.pipeline()
    for i in range(100):
        pipe.set(f"pipe:{i}", i).incr(f"pipe:{i}")
    check("redis-py: a pipeline over all nodes", pipe.execute() == [x for i in range(100) for x in (True, i + 1)])
    pubsub = redis.pubsub()
    pubsub.subscribe("news")
    heard = []
    within(5, lambda: heard.append(pubsub.get_message(timeout=0.1)) or any(m and m["type"] == "subscribe" for m in heard))
    redis.publish("news", "hello")
    within(5, lambda: heard.append(pubsub.get_message(timeout=0.1)) or any(m and m["data"] == "hello" for m in heard))
    check("redis-py: publish and subscribe", heard[-1] and heard[-1]["data"] == "hello", heard[-1])
    pubsub.close()
    add = redis.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    check("redis-py: a script by EVALSHA", [add(keys=["script:{1}"], args=[5]), add(keys=["script:{1}"], args=[2])] == [5, 7])
    lock = redis.lock("lock:1", timeout=5)
    rival = redis.lock("lock:1", timeout=5, blocking=False)
    held = lock.acquire(blocking=False) and not rival.acquire()
    lock.release()
    check("redis-py: a lock, released by its script", held and rival.acquire())
    rival.release()
    late = threading.Timer(0.3, lambda: redis.rpush("queue", "job"))
    late.start()
    check("redis-py: BLPOP waits", redis.blpop("queue", timeout=5) == ("queue", "job"))
    redis.hset("user:1", mapping={"name": "ada", "year": "1815"})
    redis.zadd("scores", {"ada": 1.5, "bob": 2})
    redis.sadd("tags", "a", "b")
    check("redis-py: hashes, sorted sets, sets", redis.hgetall("user:1") == {"name": "ada", "year": "1815"}
          and redis.zrange("scores", 0, -1, withscores=True) == [("ada", 1.5), ("bob", 2.0)]
          and redis.smembers("tags") == {"a", "b"})
    check("redis-py: every key of every node", set(redis.scan_iter("pipe:*")) == {f"pipe:{i}" for i in range(100)})


def check_redis_benchmark():
    tests = ["set", "get", "incr", "lpush", "sadd", "hset", "zadd"]
    answer = run(["redis-benchmark", "--cluster", "-p", str(PORT), "-t", ",".join(tests), "-n", "50000", "-P", "16", "-q"])
    lines = [line for line in answer.splitlines() if "requests per second" in line]
    done = {line.split(":")[0].strip().lower() for line in lines}
    check("redis-benchmark --cluster -t " + ",".join(tests), done >= set(tests), "; ".join(lines) or answer)


def check_hostile_bytes(serve):
    with socket.create_connection(("127.0.0.1", PORT), timeout=5) as connection:
        connection.sendall(b"*1\r\n!garbage\r\n")
        heard = b""
        while chunk := connection.recv(4096):
            heard += chunk
    check("garbage gets Redis's protocol error and a close", heard == b"-ERR Protocol error: expected '$', got '!'\r\n",
          heard)
    check("and the node lives on", serve.cli("PING") == "PONG")


def check_control_plane(serve):
    status, answer = serve.http("POST", "/action", {"type": "crash", "node": "node-99"})
    check("an unknown node is refused and the names are told", status == 400 and "node-1" in json.dumps(answer), answer["error"])
    status, answer = serve.http("POST", "/action", {"type": "explode"})
    check("an unknown action is refused and the actions are told", status == 400 and "crash" in json.dumps(answer))
    status, _ = serve.http("GET", "/action/999999")
    check("an unknown action id is 404", status == 404)
    status, answer = serve.http("GET", "/state")
    check("GET /state lists the nodes", status == 200 and len(answer["nodes"]) == 6)
    return answer


def connects(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.3):
            return "accepted"
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "unanswered"


def check_faults_on_real_sockets(serve):
    down = PORT + 5
    _, crash = serve.http("POST", "/action", {"type": "crash", "node": "node-6"})
    check("connects to a crashed node are refused", within(3, lambda: connects(down) == "refused"))
    serve.http("DELETE", f"/action/{crash['id']}")
    check("DELETE /action brings it back", within(3, lambda: connects(down) == "accepted"))
    serve.http("POST", "/action", {"type": "partition", "from": "clients", "to": "node-6"})
    check("connects into a partition are unanswered", within(3, lambda: connects(down) == "unanswered"))
    serve.http("POST", "/heal")
    check("POST /heal mends it", within(3, lambda: connects(down) == "accepted"))


def check_the_end_of_serve(serve):
    with socket.create_connection(("127.0.0.1", PORT), timeout=5) as connection:
        connection.sendall(b"PING\r\n")
        connection.recv(100)
        serve.process.terminate()
        check("clients see the end of their streams when serve stops", connection.recv(100) == b"")
    check("and the ports are closed", within(3, lambda: connects(PORT) == "refused"))
    serve.process.wait(timeout=10)


def check_tls_and_password(program):
    with Serve(check, program, "--tls", "--password", "secret", "--speed", "10", "--node-timeout", "2s",
               port=PORT, control_port=CONTROL) as serve:
        ca = next(word for word in serve.ready.split() if word.endswith("ca.crt"))
        serve.cli_options = ["--tls", "--cacert", ca, "-a", "secret", "--no-auth-warning"]
        held = all(serve.cli("SET", f"tls:{i}", str(i)) == "OK" for i in range(12))
        check("redis-cli -c --tls --cacert with a password", held and serve.cli("GET", "tls:7") == "7")
        answer = run(["redis-cli", "-p", str(PORT), "--tls", "--cacert", ca, "GET", "tls:1"])
        check("nobody gets in without it", answer == "NOAUTH Authentication required.", answer)
        redis = RedisCluster(host="127.0.0.1", port=PORT, password="secret", ssl=True, ssl_ca_certs=ca, decode_responses=True)
        check("redis-py over TLS", redis.set("tls", "py") and redis.get("tls") == "py")
        serve.http("POST", "/action", {"type": "crash", "node": "owner of tls"})
        started = time.monotonic()
        check("at --speed 10 a failover takes less than a second or two",
              within(10, lambda: serve.cli("GET", "tls", port=PORT + 1) == "py"), f"{time.monotonic() - started:.1f} s")


def check_mistakes(program):
    with socket.create_server(("127.0.0.1", PORT + 1)):
        done = subprocess.run([program, "serve", "--port", str(PORT), "--control-port", str(CONTROL)],
                              capture_output=True, text=True, timeout=20)
    check("a port that is taken is named", done.returncode == 1 and f"127.0.0.1:{PORT + 1}" in done.stderr, done.stderr.strip())


def main():
    with Serve(check, sys.argv[1], "--masters", "3", "--replicas", "1", port=PORT, control_port=CONTROL) as serve:
        took = float(serve.ready.split("after ")[1].split("s")[0])
        check("ready within 0.3 s", took < 0.3, f"{took} s")
        redis = RedisCluster(startup_nodes=[ClusterNode("127.0.0.1", PORT)], decode_responses=True)
        check_redis_cli(serve)
        check_redis_py(redis)
        check_redis_py_while_slots_move(serve, redis)
        check_redis_benchmark()
        check_hostile_bytes(serve)
        check_control_plane(serve)
        check_faults_on_real_sockets(serve)
        check_the_end_of_serve(serve)
    check_tls_and_password(sys.argv[1])
    check_mistakes(sys.argv[1])
    return check.ends()


if __name__ == "__main__":
    sys.exit(main())
