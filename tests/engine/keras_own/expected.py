"""The tests of Keras that are not to pass with `fit_model`, each with its reason.

A reason is the title of a section in `docs/keras.md`, which says why.
"""

from __future__ import annotations

NAN = "NaN and infinity in the data are refused"
MONITOR = "A monitor that is not reported is refused"
DIGITS = "The last digits differ"

EXPECTED = {
    # They feed NaN in order to see it noticed.
    "TerminateOnNaNTest::test_raise_error_terminate_does_not_trigger_on_train_end": NAN,
    "TerminateOnNaNTest::test_raise_error_terminate_preserves_backup": NAN,
    "TerminateOnNaNTest::test_raise_error_terminate_stops_on_later_batch": NAN,
    "TerminateOnNaNTest::test_terminate_on_nan_graceful_stop": NAN,
    "TerminateOnNaNTest::test_terminate_on_nan_raise_error_raises_error": NAN,
    # It expects a warning after each epoch.
    "ModelCheckpointTest::test_model_checkpoint_options": MONITOR,
    # They compare what `fit` and `evaluate` report to the last bit.
    "SwapEMAWeightsTest::test_swap_ema_weights": DIGITS,
    "SwapEMAWeightsTest::test_swap_ema_weights_with_loss_scale_optimizer": DIGITS,
}
