"""A contestant's side of the benchmark's protocol: see bench/protocol.ts."""
import json
import os
import resource
import sys
import time


def task():
    """The task to measure: {"what": ..., "case": {"generator": ..., "discriminator": ..., "size": ..., ...}, "precision": ...}."""
    return json.loads(sys.argv[1])


def require_instance_norm(case):
    """The peers have the norm of paper and tutorial only."""
    for network in ("generator", "discriminator"):
        if case[network]["norm"] != "instance":
            raise SystemExit(f"it has no norm {case[network]['norm']} for the {network}, only instance")


def decline(why):
    """Reports that this contestant cannot take part here."""
    send({"declined": why})


def serve(facts, actions, weights=None, launches=None):
    """Reports that all is ready, then runs the action of each line on standard input and reports its duration.

    `launches` counts what a step runs. It may take memory of its own, so the peak is read before.
    """
    send({"ready": facts, "weights": weights})
    peak = None
    for line in sys.stdin:
        action = line.strip()
        if action == "end":
            break
        if action == "launches":
            peak = peak_bytes()
            send({"launches": launches and launches()})
            continue
        start = time.perf_counter()
        actions[action]()
        send({"seconds": time.perf_counter() - start})
    send({"peakMb": round((peak or peak_bytes()) / 1e6)})


def cores():
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    except OSError:  # not Linux; there ru_maxrss counts bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def send(reply):
    print(json.dumps(reply), flush=True)
