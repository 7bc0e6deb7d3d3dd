"""As outage.mjs, with Segment's package for Python."""
import os
import sys
import time

import segment.analytics as analytics

real_sleep = time.sleep
time.sleep = lambda seconds: real_sleep(seconds / float(os.environ["CLOCK_SPEED"]))
analytics.write_key = os.environ["WRITE_KEY"]
analytics.host = os.environ["BASE_URL"]

print("loaded", flush=True)
sys.stdin.readline()
for n in range(20):
    analytics.track("ada", "called", {"n": n})
print("called", flush=True)
sys.stdin.readline()
analytics.shutdown()
