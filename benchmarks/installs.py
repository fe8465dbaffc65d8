"""Two installs: all of kerazoo, and what predicting needs. Megabytes, and seconds.

    python benchmarks/installs.py --record  # writes benchmarks/results/
    python benchmarks/installs.py           # only prints

Each is made in a new environment by pip, whose downloads are fetched before, so that seconds are
those of unpacking, not of a network; modules are compiled when they are first imported. An answer
is a process that prints the classes of three rows by `kerazoo predict wine_multiclass -`: the first
one of a new environment, and the median of three more.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
INSTALLS = {
    "`requirements-predict.txt`": (["-r", "requirements-predict.txt"], ["--no-deps", "."]),
    "all of kerazoo": (["."],),
}
AGAIN = 3
ROWS = (
    "fixed_acidity,volatile_acidity,citric_acid,residual_sugar,chlorides,free_sulfur_dioxide,"
    "total_sulfur_dioxide,density,pH,sulphates,alcohol,color\n"
    + "7.4,0.7,0,1.9,0.076,11,34,0.9978,3.51,0.56,9.4,red\n"
    * 3
)


def main() -> None:
    """Measure both, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    record = parser.parse_args().record
    found = {}
    for name, steps in INSTALLS.items():
        found[name] = measure(steps)
        if record:
            (RESULTS / "installs.json").write_text(json.dumps(found, indent=1) + "\n")
            (RESULTS / "installs.md").write_text(render(found) + "\n")
    print(render(found))


def measure(steps: tuple[list[str], ...]) -> dict[str, float]:
    """Install into a new environment, and predict there."""
    with tempfile.TemporaryDirectory() as folder:
        environment, wheels = Path(folder, "environment"), Path(folder, "wheels")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
        for arguments in steps:
            run([*pip, "wheel", "-w", str(wheels), *arguments])
        venv.create(environment, with_pip=True)
        before = size(environment)
        python = str(environment / "bin" / "python")
        start = time.perf_counter()
        for arguments in steps:
            offline = ["--no-index", "--find-links", str(wheels)]
            own = ["kerazoo" if one == "." else one for one in arguments]
            run([python, *pip[1:], "install", "--no-compile", *offline, *own])
        installed = time.perf_counter() - start
        seconds = [predict(environment, Path(folder)) for _ in range(1 + AGAIN)]
        return {
            "megabytes": (size(environment) - before) / 1e6,
            "packages": len(list(environment.glob("lib/*/site-packages/*.dist-info"))) - 1,
            "install_seconds": installed,
            "first_answer_seconds": seconds[0],
            "answer_seconds": statistics.median(seconds[1:]),
        }


def predict(environment: Path, folder: Path) -> float:
    """Return how long a whole process takes that answers three rows."""
    command = [str(environment / "bin" / "kerazoo"), "predict", "wine_multiclass", "-"]
    own = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    start = time.perf_counter()
    done = subprocess.run(
        command, input=ROWS, env=own, cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("\n") == 4, done.stdout
    return time.perf_counter() - start


def run(command: list[str]) -> None:
    """Run a command in the checkout; what it prints is shown if it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def size(folder: Path) -> int:
    """Return the bytes of all files."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def render(found: dict[str, dict[str, float]]) -> str:
    """Return the table as Markdown."""
    lines = [
        "| install | packages | megabytes | seconds to install | first answer, s | later ones, s |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {one['packages']} | {one['megabytes']:,.0f} | {one['install_seconds']:.0f} | "
        f"{one['first_answer_seconds']:.1f} | {one['answer_seconds']:.1f} |"
        for name, one in found.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
