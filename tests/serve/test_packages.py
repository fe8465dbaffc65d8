"""What `requirements-serve.txt` promises: serving with these packages, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.serve.servers import CODE, PREDICT_WINE, WINE, running
from tests.test_predict_only import closure, modules_of, names_in

REFUSE = """
import sys
allowed = {allowed!r}
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in allowed and not name.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(f"no {{name}} here", name=name)
sys.meta_path.insert(0, Refuse())
"""


def names(root: Path) -> list[str]:
    own = [one for one in names_in(root / "requirements-serve.txt") if not one.startswith("-r")]
    return [*names_in(root / "requirements-predict.txt"), *own]


def test_the_extra_names_what_the_file_of_requirements_does(root: Path) -> None:
    text = (root / "setup.cfg").read_text(encoding="utf-8")
    extra = re.search(r"\nserve =\n((?:    .+\n)+)", text)[1].split()
    lines = (root / "requirements-serve.txt").read_text(encoding="utf-8").splitlines()
    assert extra == [line for line in lines if line and line[0] not in "#-"]


@pytest.mark.thorough
def test_serving_needs_these_packages_and_no_others(root: Path) -> None:
    wanted = closure(names(root))
    assert not wanted & {"tensorflow", "keras", "h5py", "matplotlib"}
    code = REFUSE.format(allowed=modules_of(wanted)) + CODE
    with running("wine_multiclass", "cnn", "lstm", "tabm", code=code) as server:
        assert server.ask(PREDICT_WINE, {"records": [WINE]})[0] == 200
        paths = server.ask("/openapi.json")[1]["paths"]
        for path, page in paths.items():
            if path.endswith(":predict"):
                content = page["post"]["requestBody"]["content"]["application/json"]
                assert server.ask(path, content["example"])[0] == 200
        form = (
            b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nc\r\n--x--\r\n'
        )
        kind = "multipart/form-data; boundary=x"
        assert server.ask("/v1/models/cnn:predict", form, kind)[0] == 422
        assert server.stop() == 0
        assert "Traceback" not in server.log()
        assert "TensorFlow was imported" not in server.log()
