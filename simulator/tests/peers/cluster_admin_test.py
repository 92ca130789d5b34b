#!/usr/bin/env python3
"""redis-cli --cluster and the other modes of redis-cli, unmodified, against keyslot-sim serve.

    cluster_admin_test.py path/to/keyslot-sim

Needs redis-cli and redis-server (a plain one, to import from). Exit 1 if a check failed.
"""

import contextlib
import subprocess
import sys
import tempfile

from serving import Checks, Serve, run, tail, within

PORT = 7400
CONTROL = 7409
SOURCE = 7408
KEYS = 300
COVERED = "[OK] All 16384 slots covered."
check = Checks()


def cluster(*words):
    # redis-cli shows colours and dots of progress; neither is looked at.
    return run(["redis-cli", "--cluster", *words])


def is_sound(serve):
    answer = cluster("check", serve.address(0))
    return COVERED in answer and "[OK] All nodes agree" in answer and "open" not in answer.replace("open slots", "")


def my_id(serve, n):
    return serve.cli("CLUSTER", "MYID", port=serve.port + n)


def ranges_of(serve, n):
    line = next(l for l in serve.cli("CLUSTER", "NODES").splitlines() if f":{serve.port + n}@" in l)
    for words in line.split()[8:]:
        first, _, last = words.partition("-")
        yield int(first), int(last or first)


def slots_of(serve, n):
    return sum(last - first + 1 for first, last in ranges_of(serve, n))


def serves(serve, n, slot):
    return any(first <= slot <= last for first, last in ranges_of(serve, n))


def check_create(serve):
    answer = cluster("create", *(serve.address(n) for n in range(6)), "--cluster-replicas", "1", "--cluster-yes")
    check("--cluster create joins nodes that stood alone", COVERED in answer, tail(answer, 1))
    check("and all its replicas are in step",
          within(20, lambda: all("master_link_status:up" in serve.cli("INFO", "replication", port=PORT + n)
                                 or "role:master" in serve.cli("INFO", "replication", port=PORT + n)
                                 for n in range(6))))
    answer = cluster("info", serve.address(3))
    check("--cluster info", "[OK] 0 keys in 3 masters." in answer and answer.count("1 slaves.") == 3, tail(answer, 2))


def fill(serve):
    answer = serve.cli(stdin="".join(f"SET key:{i} value:{i}\n" for i in range(KEYS)))
    check(f"{KEYS} keys from a file of commands", answer.count("OK") == KEYS)


def values_are_right(serve):
    answer = serve.cli(stdin="".join(f"GET key:{i}\n" for i in range(KEYS))).splitlines()
    return all(f"value:{i}" in answer for i in range(KEYS))


def check_growth(serve):
    answer = cluster("add-node", serve.address(6), serve.address(0))
    check("--cluster add-node", "[OK] New node added correctly." in answer, tail(answer, 1))
    check("all nodes agree soon", within(20, lambda: is_sound(serve)))
    # A master that comes into a cluster takes no writes for a node timeout.
    check("and the new one serves", within(20, lambda: "ok" in serve.cli("CLUSTER", "INFO", port=PORT + 6).split("cluster_state:")[1][:2]))
    answer = cluster("rebalance", serve.address(0), "--cluster-use-empty-masters")
    check("--cluster rebalance", 4090 <= slots_of(serve, 6) <= 4100, f"{slots_of(serve, 6)} slots on the new node")
    check("and the cluster is sound", within(20, lambda: is_sound(serve)))
    check("no key was lost", values_are_right(serve))


def check_shrinking(serve):
    count = slots_of(serve, 6)
    answer = cluster("reshard", serve.address(0), "--cluster-from", my_id(serve, 6), "--cluster-to", my_id(serve, 1),
                     "--cluster-slots", str(count), "--cluster-yes")
    check("--cluster reshard moves everything away", within(20, lambda: slots_of(serve, 6) == 0), tail(answer, 1))
    check("all nodes agree soon", within(20, lambda: is_sound(serve)))
    gone = my_id(serve, 6)
    answer = cluster("del-node", serve.address(0), gone)
    check("--cluster del-node", "CLUSTER RESET SOFT" in answer and gone not in serve.cli("CLUSTER", "NODES"), tail(answer, 1))
    check("and the node stands alone", len(serve.cli("CLUSTER", "NODES", port=PORT + 6).splitlines()) == 1)
    answer = cluster("add-node", serve.address(6), serve.address(0), "--cluster-slave", "--cluster-master-id", my_id(serve, 2))
    check("--cluster add-node --cluster-slave", "[OK] New node added correctly." in answer, tail(answer, 1))
    check("and it replicates", within(20, lambda: "master_link_status:up" in serve.cli("INFO", "replication", port=PORT + 6)))
    check("no key was lost", values_are_right(serve))


def check_fix(serve):
    here = next(n for n in range(3) if serves(serve, n, 100))
    there = (here + 1) % 3
    serve.cli("CLUSTER", "SETSLOT", "100", "MIGRATING", my_id(serve, there), port=PORT + here)
    serve.cli("CLUSTER", "SETSLOT", "100", "IMPORTING", my_id(serve, here), port=PORT + there)
    answer = cluster("check", serve.address(0))
    check("--cluster check warns of an open slot", "[WARNING] The following slots are open: 100." in answer)
    answer = cluster("fix", serve.address(0))
    check("--cluster fix moves it", "Moving slot 100" in answer and within(20, lambda: is_sound(serve)), tail(answer, 1))
    answer = cluster("call", serve.address(0), "DBSIZE")
    check("--cluster call asks every node", answer.count("127.0.0.1:") == 7, tail(answer, 7))


@contextlib.contextmanager
def plain_redis():
    with tempfile.TemporaryDirectory() as directory:
        server = subprocess.Popen(["redis-server", "--port", str(SOURCE), "--save", "", "--dir", directory,
                                   "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
        try:
            within(10, lambda: run(["redis-cli", "-p", str(SOURCE), "PING"]) == "PONG")
            yield
        finally:
            server.terminate()
            server.wait(timeout=10)


def check_import(serve):
    source = lambda *words, **how: run(["redis-cli", "-p", str(SOURCE), *words], **how)
    with plain_redis():
        source(stdin="".join(f"SET imported:{i} v{i}\n" for i in range(50)) +
               "SET imported:number 12345\nRPUSH imported:list a 2 c\nHSET imported:hash f 1 g two\n"
               "SADD imported:integers 1 2 300000\nSADD imported:set x y\nZADD imported:scores 1 one 2.5 two\n"
               "SET imported:long " + "abcdefgh" * 1000 + "\nPEXPIRE imported:1 3600000\n")
        answer = cluster("import", serve.address(0), "--cluster-from", f"127.0.0.1:{SOURCE}", "--cluster-copy")
    check("--cluster import takes the keys of a real Redis",
          all(serve.cli("GET", f"imported:{i}") == f"v{i}" for i in range(50)), tail(answer, 1))
    check("and every type", serve.cli("LRANGE", "imported:list", "0", "-1").split() == ["a", "2", "c"]
          and serve.cli("HGETALL", "imported:hash").split() == ["f", "1", "g", "two"]
          and sorted(serve.cli("SMEMBERS", "imported:integers").split()) == ["1", "2", "300000"]
          and sorted(serve.cli("SMEMBERS", "imported:set").split()) == ["x", "y"]
          and serve.cli("ZRANGE", "imported:scores", "0", "-1", "WITHSCORES").split() == ["one", "1", "two", "2.5"]
          and serve.cli("GET", "imported:long") == "abcdefgh" * 1000
          and serve.cli("GET", "imported:number") == "12345"
          and int(serve.cli("PTTL", "imported:1")) > 3_000_000)


def check_modes_of_redis_cli(serve):
    listed = set()
    for n in range(3):
        listed |= set(run(["redis-cli", "-p", str(PORT + n), "--scan", "--pattern", "key:*"]).splitlines())
    check("--scan lists every key", listed == {f"key:{i}" for i in range(KEYS)}, f"{len(listed)} keys")
    serve.cli("RPUSH", "big:list", *map(str, range(500)))
    serve.cli("SET", "big:string", "x" * 5000)
    biggest = "\n".join(run(["redis-cli", "-p", str(PORT + n), "--bigkeys"]) for n in range(3))
    check("--bigkeys finds them", 'Biggest   list found \'"big:list"\' has 500 items' in biggest
          and 'Biggest string found \'"big:string"\' has 5000 bytes' in biggest,
          "; ".join(l for l in biggest.splitlines() if "found '" in l and "so far" not in l))
    memory = "\n".join(run(["redis-cli", "-p", str(PORT + n), "--memkeys"]) for n in range(3))
    check("--memkeys finds the most costly", 'found \'"big:string"\' has' in memory and "failed" not in memory,
          "; ".join(l for l in memory.splitlines() if "found '" in l and "so far" not in l))
    request = "*3\r\n$3\r\nSET\r\n$4\r\n{b}k\r\n$1\r\nv\r\n" * 10_000
    answers = [run(["redis-cli", "-p", str(PORT + n), "--pipe"], stdin=request) for n in range(3)]
    check("--pipe sends a flood and hears every reply", sum("errors: 0, replies: 10000" in a for a in answers) == 1
          and sum("errors: 10000, replies: 10000" in a for a in answers) == 2, tail(answers[0], 1))


def main():
    with Serve(check, sys.argv[1], "--empty", "--masters", "7", "--replicas", "0", "--node-timeout", "2s",
               port=PORT, control_port=CONTROL) as serve:
        check_create(serve)
        fill(serve)
        check_growth(serve)
        check_shrinking(serve)
        check_modes_of_redis_cli(serve)
        check_import(serve)
        check_fix(serve)
    return check.ends()


if __name__ == "__main__":
    sys.exit(main())
