"""Redis: does it answer, does it keep what it is given, is there room. It only rings bells; the books remember."""

import time
from collections.abc import Mapping
from typing import Any

from plugin.ready import clocks
from plugin.ready.finding import Finding, Findings, Weight

PATIENCE_SECONDS = 1.0
OLDEST = (6, 2)
NEARLY_FULL = 0.9
SILENT = (
    Finding(Weight.MISSING, "The broker (REDIS_URL) does not answer: see whether it runs and REDIS_URL names it."),
)


def findings(url: str) -> Findings:
    """What is wrong with the broker."""
    # A process without one need not load the driver, which takes a while.
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError
    from redis.retry import Retry

    patience = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}
    with Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience) as broker:
        try:
            asked = time.time()
            seconds, micros = broker.time()
            answered = time.time()
            info = {**broker.info("server"), **broker.info("memory")}
        except RedisError:
            return SILENT
    ahead = seconds + micros / 1e6 - (asked + answered) / 2
    differs = clocks.compared(ahead, "the broker's", shared=False) if abs(ahead) > (answered - asked) / 2 else ()
    return (*judged(info), *differs)


def judged(info: Mapping[str, Any]) -> Findings:
    """What to say of a broker that tells this of itself (``INFO``)."""
    said: list[Finding] = []
    version = tuple(int(part) for part in str(info.get("redis_version", "0")).split(".")[:2])
    if version < OLDEST:
        known = ".".join(map(str, version))
        sentence = f"Redis {known} is older than what we test with: upgrade to {'.'.join(map(str, OLDEST))} or newer."
        said.append(Finding(Weight.NOTE, sentence))
    most, used = int(info.get("maxmemory", 0)), int(info.get("used_memory", 0))
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if most and policy != "noeviction":
        sentence = (
            f"Redis throws away keys when its memory is full ({policy}), calls to work among them: set maxmemory-policy to "
            "noeviction."
        )
        said.append(Finding(Weight.NOTE, sentence))
    if most and used >= most:
        sentence = "Redis is full and takes no calls: raise maxmemory, or see who else fills it."
        said.append(Finding(Weight.MISSING, sentence))
    elif most and used >= NEARLY_FULL * most:
        percent = f"{100 * used // most} %"
        said.append(Finding(Weight.NOTE, f"Redis is {percent} full: raise maxmemory, or see who else fills it."))
    return tuple(said)
