"""Who trains in train_speed.py: each contender is a function that trains some epochs of a case.

All do the same updates and report loss and validation loss of every epoch. Keras and kerazoo report
a metric of both parts as well; the others only of the validation part.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from case import Case

from kerazoo.engine.choose import choose_jit_compile
from kerazoo.engine.data import to_data
from kerazoo.engine.precision import choose_precision, computing_in
from kerazoo.engine.resident import Plan, prepare_training

Train = Callable[[int], Any]
"""Trains so many epochs. Whatever must be compiled is compiled in the first call."""

LONG = 10**9
"""Steps of a training that is long enough to be compiled."""


def keras_fit(case: Case) -> Train:
    """`keras.Model.fit` as its documentation shows it."""
    model = case.build()

    def train(epochs: int) -> Any:
        return model.fit(
            *case.train,
            validation_data=case.validation,
            batch_size=case.batch_size,
            epochs=epochs,
            verbose=0,
        )

    return train


def kerazoo_fit(case: Case, precision: str | None = None) -> Train:
    """What `kerazoo.fit_model` does in a long training; later calls need no compilation."""
    model = case.build()
    policy = choose_precision(model, precision) if precision else None
    trainings: dict[int, Any] = {}

    def train(epochs: int) -> Any:
        with computing_in(model, policy):
            if epochs not in trainings:
                data = to_data(case.train, case.validation)
                plan = Plan(data, 0, epochs, case.batch_size, shuffle=True, seed=0)
                jit_compile = choose_jit_compile(model, LONG)
                trainings[epochs] = prepare_training(
                    model, plan, [], verbose=0, jit_compile=jit_compile
                )
            return trainings[epochs].run()

    return train


def kerazoo_auto(case: Case) -> Train:
    """The same with `precision="auto"`."""
    return kerazoo_fit(case, "auto")


def torch_loop(case: Case) -> Train:
    """A plain PyTorch loop over tensors in memory, with as many threads as suit the network."""
    import torch

    torch.manual_seed(0)
    threads: list[int] = []
    train_epochs = _torch_epochs(case)

    def train(epochs: int) -> Any:
        if not threads:
            threads.append(_fastest_threads(lambda: train_epochs(1)))
        torch.set_num_threads(threads[0])
        return train_epochs(epochs)

    return train


def torch_trainer(case: Case) -> Train:
    """The same with a fresh network for every training; its threads are chosen beforehand."""
    import torch

    tried = _torch_epochs(case)
    threads = _fastest_threads(lambda: tried(1))

    def train(epochs: int) -> Any:
        torch.set_num_threads(threads)
        return _torch_epochs(case)(epochs)

    return train


def _torch_epochs(case: Case) -> Train:
    """Make a network, and return what trains it for some epochs."""
    import torch

    train_step, test_step = (case.torch_steps or (lambda: _torch_steps(case)))()
    train_rows, test_rows = (
        [torch.from_numpy(part) for part in rows] for rows in (case.train, case.validation)
    )
    size = case.batch_size

    def train_epochs(epochs: int) -> Any:
        history = []
        for _ in range(epochs):
            order = torch.randperm(len(train_rows[0]))
            total = 0.0
            for start in range(0, len(order), size):
                rows = order[start : start + size]
                total += train_step(*(part[rows] for part in train_rows)) * len(rows)
            with torch.no_grad():
                tests = [
                    test_step(*(part[start : start + size] for part in test_rows))
                    for start in range(0, len(test_rows[0]), size)
                ]
            history.append((float(total), *map(float, map(sum, zip(*tests, strict=True)))))
        return history

    return train_epochs


def jax_scan(case: Case) -> Train | None:
    """What an expert writes by hand: one jit of a scan over the epoch's batches, with optax."""
    if not case.widths:
        return None
    import jax
    import optax
    from jax import numpy as jnp

    optimizer = optax.sgd(0.1) if case.activation == "sigmoid" else optax.adam(1e-3)
    parameters = _jax_dense(case.widths)
    state = (parameters, optimizer.init(parameters))
    (x, y), (test_x, test_y) = (map(jnp.asarray, rows) for rows in (case.train, case.validation))
    size = case.batch_size

    def loss_and_metric(parameters: Any, rows: Any) -> Any:
        return _jax_loss(case, _jax_apply(case, parameters, rows[0]), rows[1])

    def step(state: Any, rows: Any) -> Any:
        parameters, optimizer_state = state
        (loss, _), gradient = jax.value_and_grad(loss_and_metric, has_aux=True)(parameters, rows)
        updates, optimizer_state = optimizer.update(gradient, optimizer_state)
        return (optax.apply_updates(parameters, updates), optimizer_state), loss * len(rows[0])

    def over_batches(function: Any, carry: Any, rows: Any) -> Any:
        """Scan over the full batches, then do the partial one."""
        full = len(rows[0]) // size * size
        batches = [part[:full].reshape(-1, size, *part.shape[1:]) for part in rows]
        carry, totals = jax.lax.scan(function, carry, batches)
        total = totals.sum(axis=0)
        if full < len(rows[0]):
            carry, last = function(carry, [part[full:] for part in rows])
            total += last
        return carry, total

    def test(parameters: Any, rows: Any) -> Any:
        loss, metric = loss_and_metric(parameters, rows)
        return parameters, jnp.stack([loss, metric]) * len(rows[0])

    @jax.jit
    def epoch(state: Any, order: Any) -> Any:
        state, loss = over_batches(step, state, (x[order], y[order]))
        return state, (loss, over_batches(test, state[0], (test_x, test_y))[1])

    generator = np.random.default_rng(0)

    def train(epochs: int) -> Any:
        nonlocal state
        history = []
        for _ in range(epochs):
            state, values = epoch(state, generator.permutation(len(x)))
            history.append(jax.device_get(values))
        return history

    return train


CONTENDERS: dict[str, Callable[[Case], Train | None]] = {
    "keras": keras_fit,
    "kerazoo": kerazoo_fit,
    "kerazoo_auto": kerazoo_auto,
    "torch": torch_loop,
    "jax": jax_scan,
}


def _fastest_threads(train: Callable[[], Any]) -> int:
    """Return the number of threads that is faster: one, or all."""
    import torch

    seconds = {}
    for threads in {1, torch.get_num_threads()}:
        torch.set_num_threads(threads)
        train()
        started = time.perf_counter()
        train()
        seconds[threads] = time.perf_counter() - started
    return min(seconds, key=seconds.__getitem__)


def _torch_steps(case: Case) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Make the functions that train and test a network with a loss on one batch."""
    import torch

    network = case.torch_network() if case.torch_network else _torch_dense(case)
    if case.activation == "sigmoid":
        optimizer: Any = torch.optim.SGD(network.parameters(), 0.1)
    else:
        optimizer = torch.optim.Adam(network.parameters(), 1e-3)

    def loss_and_metric(inputs: Any, targets: Any) -> Any:
        if case.scale != 1:
            inputs = inputs.float() * case.scale
        return _torch_loss(case.loss, network(inputs), targets)

    def train_step(inputs: Any, targets: Any) -> Any:
        network.train()
        loss, _ = loss_and_metric(inputs, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    def test_step(inputs: Any, targets: Any) -> Any:
        network.eval()
        return loss_and_metric(inputs, targets)

    return train_step, test_step


def _torch_dense(case: Case) -> Any:
    from torch import nn

    layers: list[Any] = [nn.Flatten()]
    for inputs, outputs in itertools.pairwise(case.widths):
        layers += [nn.Linear(inputs, outputs), nn.Sigmoid() if _sigmoid(case) else nn.ReLU()]
    return nn.Sequential(*layers) if _sigmoid(case) else nn.Sequential(*layers[:-1])


def _sigmoid(case: Case) -> bool:
    return case.activation == "sigmoid"


def _torch_loss(kind: str, outputs: Any, y: Any) -> tuple[Any, Any]:
    from torch.nn import functional

    if kind == "mse":
        return functional.mse_loss(outputs, y), functional.l1_loss(outputs, y)
    if kind == "binary":
        right = ((outputs > 0) == (y > 0)).float().mean()
        return functional.binary_cross_entropy_with_logits(outputs, y), right
    if kind == "crossentropy":
        return functional.cross_entropy(outputs, y), (outputs.argmax(1) == y).float().mean()
    logits, mean, log_variance = outputs
    reconstruction = functional.binary_cross_entropy_with_logits(
        logits.reshape(len(y), -1), y.reshape(len(y), -1), reduction="sum"
    )
    kl = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum()
    return (reconstruction + kl) / len(y), kl / len(y)


def _jax_dense(widths: tuple[int, ...]) -> Any:
    generator = np.random.default_rng(0)
    return [
        (
            generator.normal(0, inputs**-0.5, (inputs, outputs)).astype("float32"),
            np.zeros(outputs, "float32"),
        )
        for inputs, outputs in itertools.pairwise(widths)
    ]


def _jax_apply(case: Case, parameters: Any, x: Any) -> Any:
    import jax

    x = x.reshape(len(x), -1) * case.scale
    for number, (kernel, bias) in enumerate(parameters, start=1):
        x = x @ kernel + bias
        if _sigmoid(case):
            x = jax.nn.sigmoid(x)
        elif number < len(parameters):
            x = jax.nn.relu(x)
    return x


def _jax_loss(case: Case, outputs: Any, y: Any) -> tuple[Any, Any]:
    import optax
    from jax import numpy as jnp

    if case.loss == "mse":
        return jnp.mean((outputs - y) ** 2), jnp.mean(abs(outputs - y))
    loss = optax.softmax_cross_entropy_with_integer_labels(outputs, y).mean()
    return loss, jnp.mean(outputs.argmax(1) == y)
