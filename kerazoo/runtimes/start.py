"""quiet_tensorflow: start TensorFlow without what it says about itself."""

from __future__ import annotations

from kerazoo._machine import quiet_libraries


def quiet_tensorflow() -> None:
    """Start TensorFlow, and keep what it says about the machine out of a notebook.

    Errors are still shown, warnings of TensorFlow's own are not. Call it before anything else
    imports TensorFlow. LiteRT is quiet by itself.

    Example:
        >>> quiet_tensorflow()
    """
    with quiet_libraries():
        import tensorflow as tf

        tf.config.list_logical_devices()  # which looks for a GPU, and says so
    tf.get_logger().setLevel("ERROR")
