"""Attributes in which Keras keeps books: names that were read in Keras 3.15.

They say nothing about what a graph computes, or `structure.py` asks for it in another way.
"""

from __future__ import annotations

from typing import Any

import keras

_OF_A_LAYER = """
_allow_non_tensor_positional_args _auto_config _build_shapes_dict _call_context_args
_call_has_context_arg _call_has_mask_arg _call_has_training_arg _call_signature _called
_convert_input_args _dtype_policy _inbound_nodes _input_spec _layers _lock _loss_ids _losses
_losses_override _metrics _non_trainable_variables _outbound_nodes _parent_path _path
_saved_model_arg_spec _saved_model_inputs_spec _seed_generators _self_name_based_restores
_self_saveable_object_factories _self_setattr_tracking _self_unconditional_checkpoint_dependencies
_self_unconditional_deferred_dependencies _self_unconditional_dependency_names _self_update_uid
_supports_masking _tracked _tracker _trainable _trainable_variables activity_regularizer autocast
build built call_signature_parameters name quantize supports_jit
"""
_OF_A_MODEL = """
_compile_config _compile_loss _compile_metrics _compiled_trainable_state
_compute_loss_has_training_arg _distribute_strategy _eval_epoch_iterator _functional
_initial_epoch _inputs _inputs_struct _jit_compile _loss_tracker _nodes _nodes_by_depth
_operations _operations_by_depth _outputs _outputs_struct _run_eagerly
compiled history loss optimizer output_names predict_function steps_per_execution stop_training
test_function train_function unrolled_steps_per_execution
"""
_OF_A_METRIC = "_built _dtype _dtype_policy _metrics _tracker _variables built name"
_OF_AN_OPTIMIZER = """
_distribution_strategy _iterations _learning_rate _lock _tracker _trainable_variables
_trainable_variables_indices _variables built name
"""


def bookkeeping_of(thing: Any) -> frozenset[str]:
    """Return the attributes in which Keras keeps books about a layer, a model, a metric and so on.

    Whatever else is in `vars()` of one was put there by its class, and may shape a graph. A name
    that is bookkeeping in a model may be a setting in a layer or a loss, such as `loss`.
    """
    for kind, names in _BOOKKEEPING:
        if isinstance(thing, kind):
            return names
    return frozenset()


_BOOKKEEPING = [
    (keras.Model, frozenset((_OF_A_LAYER + _OF_A_MODEL).split())),
    (keras.Operation, frozenset(_OF_A_LAYER.split())),
    (keras.metrics.Metric, frozenset(_OF_A_METRIC.split())),
    (keras.optimizers.Optimizer, frozenset(_OF_AN_OPTIMIZER.split())),
]
