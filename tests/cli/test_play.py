"""`kerazoo play`: wrong usage is one line, help is quick, and Ctrl-C ends it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kerazoo.cli import main
from tests.conftest import run_python
from tests.web.conftest import pages

__all__ = ["pages"]

TABLE = "size,color,price\n" + "\n".join(f"{n % 7},{'rb'[n % 2]},{3 * n}" for n in range(1, 51))


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--target", "price"], 2, "kerazoo play FILE --target COLUMN"),
        (["table.csv"], 2, "add --target COLUMN, one of size, color, price"),
        (["wide.csv"], 2, "add --target COLUMN, one of its columns"),
        (["table.csv", "--target", "cost"], 2, "unknown column 'cost'"),
        (["none.csv", "--target", "price"], 1, "there is no file"),
        (["--port", "70000"], 2, "expected a whole number, 0 to 65535"),
    ],
)
def test_wrong_usage_is_one_line(
    pages: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "wide.csv").write_text(",".join(f"c{n}" for n in range(100_000)) + "\n1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["kerazoo", "play", *arguments])
    monkeypatch.setenv("KERAZOO_XLA_CACHE", "0")
    with pytest.raises(SystemExit) as stop:
        main()
    errors = capsys.readouterr().err
    assert stop.value.code == status
    assert said in errors
    assert errors.count("\n") == 1


def test_help_imports_no_tensorflow() -> None:
    ran = run_python(
        "import sys; sys.argv = ['kerazoo', 'play', '--help']\n"
        "from kerazoo.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'tensorflow', 'keras', 'pandas'} & sys.modules.keys()))"
    )
    assert "Change a small network in a browser" in ran.stdout
    assert ran.stdout.endswith("[]\n")


@pytest.mark.thorough
@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_the_command_trains_a_table_and_ends_quietly(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    code = f"""
from pathlib import Path
from kerazoo.web import built
built.FOLDER = Path({str(pages)!r})
from kerazoo.cli import main
main()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, "play", "table.csv", "--target", "price", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
    assert found
    connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=120)
    connection.request("GET", "/events")
    response = connection.getresponse()
    while response.readline() != b"event: frame\n":  # which Keras has to be imported for
        pass
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "'price' is predicted, a number from 3 to 150." in errors
    assert "Traceback" not in errors
