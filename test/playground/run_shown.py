"""Runs every Python program that the playground shows, each in a process of its own, and compares what it leaves in
`outputs` and `states` with test/vectors/playground.json, which make.py recorded.

Usage, beside an installation of tensorflow, keras, torch, onnx, onnxruntime and jax:

    node test/playground/shown.mjs > shown.json && python test/playground/run_shown.py shown.json
"""
import json
import subprocess
import sys
from pathlib import Path

recorded = json.loads((Path(__file__).parent.parent / "vectors" / "playground.json").read_text())

# Whatever a framework returns -> lists: outputs [batch, time, features], states [batch, features]
COLLECT = """
import json as _json
import numpy as _np
def _array(value):
    return _np.asarray(value.detach() if hasattr(value, "detach") else value)
if isinstance(outputs, (tuple, list)):
    outputs = _np.concatenate([_array(one) for one in outputs], -1)
_parts = states if isinstance(states, (tuple, list)) else [states]
_flat = [part for one in map(_array, _parts) for part in (one if one.ndim == 3 else [one])]
print("\\n@" + _json.dumps([_array(outputs).tolist(), _np.concatenate(_flat, -1).tolist()]))
"""

run = failed = 0
for shown in json.loads(Path(sys.argv[1]).read_text()):
    preset, framework = shown["preset"], shown["framework"]
    wanted = recorded[preset].get(framework)
    if wanted is None or framework == "tfjs":
        continue  # the framework cannot do it, which the column says; or it is JavaScript
    done = subprocess.run([sys.executable, "-c", shown["program"] + COLLECT], capture_output=True, text=True)
    run += 1
    if "error" in wanted:
        good = done.returncode != 0 and wanted["error"] in done.stderr
    else:
        line = next((line for line in done.stdout.splitlines() if line.startswith("@")), None)
        given = json.loads(line[1:]) if line else None
        good = given == [wanted["outputs"], wanted["states"]]
    if not good:
        failed += 1
        print(f"{preset}, {framework}: not what was recorded\n{done.stderr[-600:]}{done.stdout[-300:]}")
print(f"{run - failed} programs gave what was recorded, {failed} did not")
sys.exit(1 if failed else 0)
