"""A generator and a discriminator that learn against each other, as one Keras model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from kerazoo.errors import InvalidInput, KerazooError, unknown_name
from kerazoo.models._own_loss import refuse_loss
from kerazoo.models.generative._classes import one_hot


class GenerativeAdversarialNetwork(keras.Model):
    """A discriminator as a functional model, with the generator beside it.

    As a function it is the discriminator: raw pixels in, the probability of being real out. A step
    of training first improves the discriminator, on as many real as generated images, then the
    generator, whose gradients pass through the discriminator without changing it. `get_layer`
    returns both generators: `"generator"` makes images, `"trained_generator"` is the one that the
    optimizer changes. They are the same unless weights are averaged.

    Values per epoch: `discriminator_loss` and `generator_loss`, cross-entropies in nats, and their
    sum, `loss`.

    Args:
        inputs: the image, of pixels from 0 to 255.
        outputs: the probability that it is real.
        discriminator: maps images from 0 to 1 to one logit each.
        generator: maps normal noise `(rows, latent_dim)` to images from 0 to 1.
        average_generator: a copy of the generator that follows its weights slowly, if wanted.
        averaging: share of the old weights that the copy keeps in a step, such as 0.999.
        label_smoothing: real images have the target `1 - label_smoothing`.
        gradient_penalty: weight of the squared slope of the discriminator's logit at real images,
            by which it learns (the reported losses are without it).
        classes: if there are any, training also gets the class of each image: the discriminator
            gives a logit for each class, of which that of the image's class counts, and the
            generator makes an image of the same class for each real one.
        name: of the model.

    Attributes:
        discriminator_rate: the discriminator's learning rate as a multiple of the generator's; 1
            unless `take_fit_arguments` sets it before `compile`.

    Reference:
        Goodfellow et al., "Generative adversarial nets", 2014 (with the non-saturating loss);
        Salimans et al., "Improved techniques for training GANs", 2016 (one-sided label smoothing);
        Mescheder, Geiger and Nowozin, "Which training methods for GANs do actually converge?",
        2018 (gradient penalty); Heusel et al., "GANs trained by a two time-scale update rule",
        2017; Yazici et al., "The unusual effectiveness of averaging in GAN training", 2019.
    """

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        *,
        discriminator: keras.Model,
        generator: keras.Model,
        average_generator: keras.Model | None = None,
        averaging: float = 0.0,
        label_smoothing: float = 0.0,
        gradient_penalty: float = 0.0,
        classes: int = 0,
        name: str | None = None,
    ) -> None:
        super().__init__(inputs, outputs, name=name)
        self.discriminator = discriminator
        self.trained_generator = generator
        self.average_generator = average_generator
        if average_generator is not None:
            average_generator.set_weights(generator.get_weights())
            average_generator.trainable = False
        self.averaging = averaging
        self.label_smoothing = label_smoothing
        self.gradient_penalty = gradient_penalty
        self.classes = classes  # protocol DrawsClasses
        self.discriminator_rate = 1.0
        self.seed_generator = keras.random.SeedGenerator()
        self.discriminator_tracker = keras.metrics.Mean(name="discriminator_loss")
        self.generator_tracker = keras.metrics.Mean(name="generator_loss")

    @property
    def generator(self) -> keras.Model:
        """The model that makes images: the average of all steps, if one is kept."""
        return self.average_generator or self.trained_generator

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return a layer of the discriminator, or a generator."""
        if name in ("generator", "trained_generator"):
            return getattr(self, name)
        return super().get_layer(name, index)

    def served_parts(self) -> dict[str, keras.Model]:
        """Return the inner models that answer on their own: the protocol `HasServedParts`."""
        return {"generator": self.generator}

    def get_config(self) -> dict[str, Any]:
        """Return the name: the builder's arguments tell the rest."""
        return {"name": self.name}

    def take_fit_arguments(self, arguments: Mapping[str, Any]) -> None:
        """Set how the two parts learn, before `compile`: the protocol `TakesFitArguments`.

        Args:
            arguments: `"discriminator_rate"`, the discriminator's learning rate as a multiple of
                the generator's; what is left out stays as it is.

        Raises:
            UnknownName: for any other argument.
            InvalidInput: if the rate is not above 0.
        """
        known = ("discriminator_rate",)
        for name in arguments:
            if name not in known:
                raise unknown_name("fit argument of a GAN", name, known)
        rate = arguments.get("discriminator_rate", self.discriminator_rate)
        if not rate > 0:
            raise InvalidInput(
                f"discriminator_rate is {rate}; pass a multiple of the generator's learning rate, "
                "above 0, usually 1 to 4."
            )
        self.discriminator_rate = rate

    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = None,
        metrics: Any = None,
        run_eagerly: bool = False,
        jit_compile: Any = "auto",
    ) -> None:
        """Prepare both parts for training.

        Args:
            optimizer: of the generator; the discriminator gets another of the same kind, at
                `discriminator_rate` times its learning rate.
            loss: none; there is one of its own.
            metrics: none.
            run_eagerly: as in Keras.
            jit_compile: as in Keras.

        Raises:
            KerazooError: if a loss or metrics are passed.
        """
        refuse_loss(self.name, loss, metrics)
        super().compile(optimizer=optimizer, run_eagerly=run_eagerly, jit_compile=jit_compile)
        config = self.optimizer.get_config()
        config["learning_rate"] = _scaled(config["learning_rate"], self.discriminator_rate)
        self.discriminator_optimizer = type(self.optimizer).from_config(config)
        self.optimizer.build(self.trained_generator.trainable_variables)
        self.discriminator_optimizer.build(self.discriminator.trainable_variables)

    def train_step(self, data: Any) -> dict[str, Any]:
        """Improve the discriminator, then the generator, on one batch of real images.

        With real images x, noise z, D the logit, s = sigmoid and a penalty of weight w, minimized
        are -log s(D(x)) - log(1 - s(D(G(z)))) + w/2 |dD(x)/dx|^2 by D, and -log s(D(G(z))) by G.
        """
        if keras.backend.backend() != "tensorflow":
            raise KerazooError(
                "a GAN trains on the TensorFlow backend: set KERAS_BACKEND=tensorflow before "
                "Keras is imported."
            )
        # Not at the top: it imports TensorFlow. Keras has no gradients for all backends.
        from kerazoo.engine.gradients import new_tape

        real, asked = self._unpack(data)
        noise = self._noise(real, asked)
        with new_tape() as of_generator:
            made = self.trained_generator(noise, training=True)
        with new_tape() as of_discriminator:
            discriminator_loss = self._discriminator_loss(real, made, asked, training=True)
            improved = discriminator_loss
            if self.gradient_penalty:
                with new_tape() as of_images:
                    of_images.watch(real)
                    logits = self._logits(real, asked, training=True)
                improved += self._penalty(of_images.gradient(logits, real))
        weights = self.discriminator.trainable_variables
        gradients = of_discriminator.gradient(improved, weights)
        self.discriminator_optimizer.apply_gradients(zip(gradients, weights, strict=True))

        with of_generator:  # goes on recording: the discriminator has changed since
            generator_loss = self._generator_loss(made, asked, training=True)
        weights = self.trained_generator.trainable_variables
        gradients = of_generator.gradient(generator_loss, weights)
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        self._average()
        return self._report(real, discriminator_loss, generator_loss)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Return both losses on one batch of real images; nothing learns."""
        real, asked = self._unpack(data)
        made = self.generator(self._noise(real, asked), training=False)
        return self._report(
            real,
            self._discriminator_loss(real, made, asked, training=False),
            self._generator_loss(made, asked, training=False),
        )

    def _unpack(self, data: Any) -> tuple[Any, Any]:
        """Return real images, from 0 to 1, and their classes as rows of a 1 among 0s, if known."""
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        asked = one_hot(labels, self.classes, self.name) if self.classes else None
        return _scale(images), asked

    def _noise(self, real: Any, asked: Any) -> Any:
        shape = (keras.ops.shape(real)[0], self.generator.input_shape[-1] - self.classes)
        noise = keras.random.normal(shape, seed=self.seed_generator)
        return noise if asked is None else keras.ops.concatenate([noise, asked], axis=-1)

    def _logits(self, images: Any, asked: Any, training: bool) -> Any:
        """Return a logit for each image: with classes, that of its own, `(rows, 1)`."""
        logits = self.discriminator(images, training=training)
        if asked is None:
            return logits
        return keras.ops.sum(logits * asked, axis=-1, keepdims=True)

    def _discriminator_loss(self, real: Any, made: Any, asked: Any, training: bool) -> Any:
        both = keras.ops.concatenate([real, keras.ops.stop_gradient(made)])
        twice = None if asked is None else keras.ops.concatenate([asked, asked])
        logits = self._logits(both, twice, training)
        rows = keras.ops.shape(real)[0]
        return _cross_entropy(logits[:rows], 1.0 - self.label_smoothing) + _cross_entropy(
            logits[rows:], 0.0
        )

    def _generator_loss(self, made: Any, asked: Any, training: bool) -> Any:
        return _cross_entropy(self._logits(made, asked, training), 1.0)

    def _penalty(self, slopes: Any) -> Any:
        """Return half the penalty on how steep the logits of real images are."""
        squares = keras.ops.sum(keras.ops.square(slopes), axis=(1, 2, 3))
        return 0.5 * self.gradient_penalty * keras.ops.mean(squares)

    def _average(self) -> None:
        if self.average_generator is None:
            return
        for slow, fast in zip(
            self.average_generator.weights, self.trained_generator.weights, strict=True
        ):
            slow.assign(self.averaging * slow + (1.0 - self.averaging) * fast)

    def _report(self, real: Any, discriminator_loss: Any, generator_loss: Any) -> dict[str, Any]:
        rows = keras.ops.shape(real)[0]
        self.discriminator_tracker.update_state(discriminator_loss, rows)
        self.generator_tracker.update_state(generator_loss, rows)
        # Keras makes a metric of this name in `compile` and reports it, whoever fills it.
        total = next(metric for metric in self.metrics if metric.name == "loss")
        total.update_state(discriminator_loss + generator_loss, rows)
        return self.get_metrics_result()


def check_options(averaging: float, label_smoothing: float, gradient_penalty: float) -> None:
    """Refuse options outside their range.

    Raises:
        InvalidInput: naming the range.
    """
    if not 0 <= averaging < 1:
        raise InvalidInput(f"averaging is {averaging}; expected 0 (none) or more, below 1.")
    if not 0 <= label_smoothing < 0.5:
        raise InvalidInput(f"label_smoothing is {label_smoothing}; expected 0 or more, below 0.5.")
    if gradient_penalty < 0:
        raise InvalidInput(
            f"gradient_penalty is {gradient_penalty}; expected 0 (none) or more, usually 0.1."
        )


def _scaled(rate: Any, factor: float) -> Any:
    """Return a learning rate, or a schedule as plain data, of so many times the height."""
    if not isinstance(rate, dict):
        return rate * factor
    heights = ("initial_learning_rate", "warmup_target")
    config = {
        key: value * factor if key in heights and value is not None else value
        for key, value in rate["config"].items()
    }
    return {**rate, "config": config}


def _cross_entropy(logits: Any, target: float) -> Any:
    logits = keras.ops.cast(logits, "float32")
    per_row = keras.ops.softplus(logits) - target * logits
    return keras.ops.mean(per_row)


def _scale(images: Any) -> Any:
    return keras.ops.cast(images, "float32") / 255.0
