"""Keep what C++ libraries say by themselves away from the person who reads the output."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterator

from kerazoo.errors import KerazooError


def quiet_tensorflow() -> None:
    """Start TensorFlow and LiteRT, and keep what they say about it out of a notebook.

    Errors are still shown, warnings of TensorFlow's own are not. Call it before anything else
    imports TensorFlow.

    Example:
        >>> quiet_tensorflow()
    """
    with quiet_libraries():
        import tensorflow as tf

        from kerazoo.predictor import load_predictor

        tf.config.list_logical_devices()  # which looks for a GPU, and says so
        load_predictor("xor")  # the first network on LiteRT makes it name its delegate
    tf.get_logger().setLevel("ERROR")


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep what C++ libraries say by themselves off the terminal, unless something goes wrong.

    TensorFlow and LiteRT write to the file descriptor; what Python writes to `sys.stderr` is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Training several networks in one process is what this program is for, not a mistake.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.stderr.flush()
    terminal, python_stderr = os.dup(2), sys.stderr
    with tempfile.TemporaryFile() as chatter, os.fdopen(os.dup(2), "w") as still_shown:
        os.dup2(chatter.fileno(), 2)
        if python_stderr is sys.__stderr__:  # not so under a test runner
            sys.stderr = still_shown
        try:
            yield
        except (KerazooError, KeyboardInterrupt):
            raise  # says all there is to say
        except BaseException:
            chatter.seek(0)
            os.write(terminal, chatter.read())
            raise
        finally:
            sys.stderr = python_stderr
            os.dup2(terminal, 2)
            os.close(terminal)
