"""What the tests of the server share."""

from tests.cli.conftest import cli  # noqa: F401
