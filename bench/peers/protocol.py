"""A contestant's side of the benchmark's protocol: see bench/protocol.ts."""
import json
import os
import resource
import sys
import time


def task():
    """What is to be measured: {"what": ..., "case": {"generator": ..., "size": ..., "batch": ...}, "precision": ...}."""
    return json.loads(sys.argv[1])


def serve(facts, deeds):
    """Says that all is ready, then does what each word on standard input asks for and says how long it took."""
    say({"ready": facts})
    for line in sys.stdin:
        word = line.strip()
        if word == "end":
            break
        start = time.perf_counter()
        deeds[word]()
        say({"seconds": time.perf_counter() - start})
    say({"peakMb": round(peak_bytes() / 1e6)})


def cores():
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    except OSError:  # not Linux; there ru_maxrss counts bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def say(reply):
    print(json.dumps(reply), flush=True)
