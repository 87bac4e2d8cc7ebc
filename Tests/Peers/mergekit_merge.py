"""Merges with mergekit and tells how long that took.

    pip install mergekit==0.1.5
    python3 Tests/Peers/mergekit_merge.py CONFIGURATION OUTPUT

One JSON object is printed: the seconds from the start of mergekit's process to its end, and the most
memory that it has held. `layerswap benchmark merge --peer` calls this with the files that
`layerswap merge --mergekit` writes.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

program = pathlib.Path(sys.executable).parent / "mergekit-yaml"
start = time.monotonic()
process = subprocess.Popen(
    [program if program.exists() else "mergekit-yaml", sys.argv[1], sys.argv[2]],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.PIPE,
)
errors = process.stderr.read().decode(errors="replace")
_, status, usage = os.wait4(process.pid, 0)
seconds = time.monotonic() - start
if status != 0:
    sys.exit(errors[-2000:])
print(json.dumps(dict(seconds=seconds, peak_rss_mb=usage.ru_maxrss // 1024)))
