"""Whatever is asked, the server makes no mistake: thousands of requests that Schemathesis invents.

It reads `/openapi.json`, sends what that allows and what it does not, and checks that no answer is
a 500, and that each has a status, a type and a form that the description names.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serve.servers import running

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
MODELS = ("wine_multiclass", "cnn", "imdb_mlp", "matrix_factorization")
# The inventing takes most of the time. KERAZOO_FUZZ_EXAMPLES=1000 asks for more, and of all pages.
MANY = os.environ.get("KERAZOO_FUZZ_EXAMPLES")
HOW_MANY = (
    ("--max-examples", MANY, "--suppress-health-check", "all")
    if MANY
    else ("--max-time", "15", "--include-path-regex", ":predict$", "--no-shrink")
)


@pytest.mark.thorough
def test_no_request_makes_the_server_fail(tmp_path: Path) -> None:
    if importlib.util.find_spec("schemathesis") is None:
        pytest.skip("schemathesis is not installed: pip install '.[bench]'")
    run = "from schemathesis.cli import schemathesis; schemathesis()"
    with running(*MODELS) as server:
        done = subprocess.run(
            [
                *(sys.executable, "-c", run, "run", f"{server.address}/openapi.json"),
                *("--checks", ",".join(CHECKS), *HOW_MANY, "--no-color"),
                *("--generation-deterministic", "--request-timeout", "60"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr + server.log()
        assert " passed" in done.stdout
        assert server.stop() == 0
        assert "Traceback" not in server.log()
