"""Word vectors learn, the same way each time, also when they are interrupted."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.reading.corpus import SENTENCE_END, Corpus
from kerazoo.engine.words import blocks as word_blocks
from kerazoo.engine.words.blocks import BLOCK, make_distribution, prepare_chunk
from kerazoo.engine.words.fit import fit_word_vectors
from tests.processes import run_forked

pytestmark = pytest.mark.thorough

KINDS = (("cat", "dog", "cow"), ("red", "blue", "green"), ("run", "walk", "jump"))
ARCHITECTURES = ("skipgram", "cbow")


def text(sentences: int = 1500) -> list[str]:
    """Sentences in which the words of a kind are used alike: kind and frame go together."""
    rng = np.random.default_rng(0)
    frames = ("the {} eats its food at home", "a {} paint on every old wall", "they {} to school")
    return [
        frames[kind].format(KINDS[kind][rng.integers(3)]) for kind in rng.integers(0, 3, sentences)
    ]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return kerazoo.read_corpus(text(), min_count=1)


def build(corpus: Corpus, architecture: str = "skipgram", **options) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_word2vec(len(corpus.vocabulary), 16, architecture, **options)
    model.compile(keras.optimizers.SGD(0.05))
    return model


def weights(model: keras.Model) -> list[np.ndarray]:
    return [weight.numpy() for weight in model.weights]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_words_of_a_kind_become_alike(corpus: Corpus, architecture: str) -> None:
    model = build(corpus, architecture, window=3)
    parts = ((corpus.ids, None), (corpus.ids[:2000], None))
    history = fit_word_vectors(model, *parts, epochs=12, sample=0.0).history
    # Guessing is at 6 ln 2 = 4.16; about 1.8 is the least, as negatives are often true words, too.
    assert history["loss"][-1] < min(2.5, 0.98 * history["loss"][0])
    assert history["val_loss"][-1] < history["val_loss"][0]
    vectors = kerazoo.WordVectors(corpus.vocabulary.words, weights(model)[0])
    within = [vectors.similarity(kind[0], other) for kind in KINDS for other in kind[1:]]
    across = [vectors.similarity(KINDS[0][0], other) for kind in KINDS[1:] for other in kind]
    assert min(within) > max(across)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_one_block_is_what_the_definition_says(corpus: Corpus, architecture: str) -> None:
    """The matrix products of a step do what pair after pair would, all from the same vectors."""
    import tensorflow as tf

    from kerazoo.engine.words.steps import Setup, make_program

    rng = np.random.default_rng(1)
    size, dimension, window, negatives, drawn, rate = 30, 8, 3, 4, 16, 0.1
    start = [rng.normal(size=(size, dimension)).astype("float32") for _ in range(2)]
    ids = np.concatenate([rng.integers(0, size, 11), [-1], rng.integers(0, size, 9), [-1]])
    distribution = make_distribution(np.ones(size), 0.0, BLOCK)
    options = {"window": window, "drawn": drawn, "key": (0, 0, 0)}
    chunk = prepare_chunk(ids.astype("int32"), distribution, **options)
    variables = [tf.Variable(table) for table in start]
    program = make_program(*variables, Setup(architecture, window, negatives, drawn, 1))
    rates = np.full(len(chunk.before), rate, "float32")
    program(
        tf.constant(chunk.steps),
        *map(tf.constant, (chunk.ids, chunk.before, chunk.after, chunk.negatives, rates)),
    )

    words, contexts = start
    changes = [np.zeros_like(table, "float64") for table in start]
    flat = chunk.ids[window:]
    sentences = np.cumsum(ids == -1)[ids != -1]
    for index in range(20):
        before, after = chunk.before.ravel()[index], chunk.after.ravel()[index]
        around = [at for at in range(index - before, index + after + 1) if at != index]
        assert all(sentences[at] == sentences[index] for at in around)
        groups = [[at] for at in around] if architecture == "skipgram" else [around]
        for group in groups if around else []:
            vector = words[flat[group]].mean(axis=0)
            pairs = [(flat[index], 1.0, 1.0)]
            pairs += [(word, 0.0, negatives / drawn) for word in chunk.negatives[0]]
            error = np.zeros(dimension)
            for word, label, share in pairs:
                step = rate * share * (label - 1 / (1 + np.exp(-vector @ contexts[word])))
                error += step * contexts[word]
                changes[1][word] += step * vector
            for at in group:
                changes[0][flat[at]] += error
    for variable, table, change in zip(variables, start, changes, strict=True):
        np.testing.assert_allclose(variable.numpy(), table + change, atol=1e-5)


def test_windows_end_with_their_sentence_and_words_are_kept_by_chance() -> None:
    ids = np.array([0, 1, 2, SENTENCE_END, SENTENCE_END, 3, SENTENCE_END, 4, 5] * 100, np.int32)
    counts = np.bincount(ids[ids >= 0])
    options = {"window": 5, "drawn": 16, "key": (1, 2, 3)}
    chunk = prepare_chunk(ids, make_distribution(counts, 0.0, 1024), **options)
    before, after = chunk.before.ravel()[:600], chunk.after.ravel()[:600]
    words = chunk.ids[5:605]
    assert words.tolist() == ids[ids >= 0].tolist()
    assert (before[words == 3] + after[words == 3]).max() == 0
    assert before[words == 0].max() == 2  # 4 and 5 of the round before
    assert set(after[words == 0].tolist()) == {1, 2}  # a width of 1, or more
    assert not chunk.before.ravel()[600:].any()
    few = prepare_chunk(ids, make_distribution(counts, 0.005, 1024), **options)
    assert 0 < (few.before + few.after > 0).sum() < 300


def test_negatives_follow_the_counts() -> None:
    counts = np.array([10000, 1000, 100, 10, 0])
    drawn = np.bincount(make_distribution(counts, 0.0, 64).table, minlength=5)
    np.testing.assert_allclose(drawn / drawn.sum(), counts**0.75 / (counts**0.75).sum(), atol=1e-5)


def test_same_seed_same_vectors_other_seed_others(corpus: Corpus) -> None:
    results = []
    for seed in (1, 1, 2):
        model = build(corpus)
        fit_word_vectors(model, (corpus.ids, None), epochs=2, seed=seed)
        results.append(weights(model))
    for one, again, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, again)
        assert not np.array_equal(one, other)


def test_resumed_is_the_same_bit_for_bit(corpus: Corpus, tmp_path: Path) -> None:
    class Interrupt(keras.callbacks.Callback):
        keeps_state = False

        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            if epoch == 2:
                raise KeyboardInterrupt

    options = {"epochs": 4, "checkpoint_seconds": 0, "checkpoint": tmp_path / "here"}
    whole = build(corpus)
    expected = fit_word_vectors(whole, (corpus.ids, None), epochs=4).history
    with pytest.raises(KeyboardInterrupt):
        fit_word_vectors(build(corpus), (corpus.ids, None), callbacks=[Interrupt()], **options)
    resumed = build(corpus)
    found = fit_word_vectors(resumed, (corpus.ids, None), resume=True, **options).history
    assert found == expected
    for one, other in zip(weights(resumed), weights(whole), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(kerazoo.KerazooError, match="another training: it differs in text"):
        fit_word_vectors(build(corpus), (corpus.ids[:-9], None), resume=True, **options)


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_progress_is_shown_as_for_any_training(
    corpus: Corpus, verbose: object, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = ((corpus.ids, None), (corpus.ids[:500], None))
    fit_word_vectors(build(corpus), *parts, epochs=2, verbose=verbose)
    printed = capsys.readouterr().out
    assert ("Epoch 2/2" if verbose == 2 else "epoch 2/2") in printed
    assert "val_loss" in printed


def test_early_stopping_ends_the_training(corpus: Corpus) -> None:
    model = build(corpus)
    stopping = kerazoo.EarlyStopping("loss", "min", patience=1, min_delta=100.0)
    history = fit_word_vectors(model, (corpus.ids, None), epochs=9, callbacks=[stopping])
    assert history.epoch == [0, 1]


def test_chunks_make_one_text(monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    monkeypatch.setattr(word_blocks, "CHUNK", 512)
    monkeypatch.setattr("kerazoo.engine.words.fit.CHUNK", 512)
    model = build(corpus)
    history = fit_word_vectors(model, (corpus.ids, None), epochs=6, sample=0.0).history
    assert history["loss"][-1] < min(2.5, 0.98 * history["loss"][0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": 0}, "window is 0; pass at least 1"),
        ({"window": 128}, "window is 128; pass at most 127"),
        ({"dimension": -3}, "dimension is -3"),
        ({"vocabulary_size": 1}, "vocabulary_size is 1"),
        ({"negatives": 0}, "negatives is 0"),
        ({"architecture": "skip-gram"}, "Did you mean 'skipgram'"),
        ({"vocabulary_size": 10**10}, "this machine has"),
    ],
)
def test_impossible_networks_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.build_word2vec(**arguments)


@pytest.mark.parametrize(
    ("ids", "options", "message"),
    [
        ([], {}, "has ids none"),
        ([0, 99], {}, "has ids 0 to 99; expected 0 to"),
        ([3, -1], {}, "fewer than two words"),
        ([[1, 2]], {}, "in one row"),
        ([1, 2, 3], {"batch_size": 8}, "batch_size is 8"),
        ([1, 2, 3], {"sample": -1.0}, "sample"),
        ([1, 2, 3], {"precision": "mixed_bfloat16"}, "float32"),
        ([1, 2, 3], {"resume": True}, "needs checkpoint="),
    ],
)
def test_impossible_trainings_are_refused(
    corpus: Corpus, ids: list, options: dict, message: str
) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        fit_word_vectors(build(corpus), (np.array(ids, np.int32), None), **options)


def test_a_text_is_not_shuffled(corpus: Corpus) -> None:
    with pytest.raises(kerazoo.KerazooError, match="fit_word_vectors, which is faster"):
        kerazoo.fit_model(build(corpus), (corpus.ids, None), epochs=1)


def test_served_in_half_the_room(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_word2vec(2000, 50)
    arguments = {"vocabulary_size": 2000, "dimension": 50}
    saved = kerazoo.save_model(model, tmp_path / "words", builder_arguments=arguments)
    table = weights(model)[0]
    assert (saved / "model.tflite").stat().st_size < 1.1 * table.nbytes / 2
    found = kerazoo.load_predictor(saved).predict(np.arange(2000)).values
    np.testing.assert_allclose(found, table, rtol=1e-3, atol=1e-7)


def test_from_a_text_file_to_answers_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("\n".join(text()))
    out = tmp_path / "model"
    options = ["--data", tmp_path / "text.txt", "--dimension", 16, "--epochs", 2, "--out", out]
    trained = run_forked("train", "word2vec", *options)
    assert trained.returncode == 0, trained.stderr
    answered = run_forked("predict", out, "cat", "dog - red + blue", "--topn", 3)
    assert answered.returncode == 0, answered.stderr
    lines = answered.stdout.splitlines()
    assert lines[0] == "query,word,similarity"
    assert [line.split(",")[0] for line in lines[1:]] == ["cat"] * 3 + ["dog - red + blue"] * 3
    refused = run_forked("predict", out, "catt")
    assert refused.returncode == 1
    assert "no vector for the word 'catt'" in refused.stderr
    assert "Near spellings: cat" in refused.stderr
    both = run_forked("train", "word2vec", "--dimension", 16)
    assert "add --data PATH" in both.stderr
    other = run_forked("train", "xor", "--data", tmp_path / "text.txt")
    assert "xor cannot be built for this data" in other.stderr


def test_a_text_of_which_all_words_are_left_out_is_refused() -> None:
    """Each of six words is so frequent that hardly one is kept, and a loss of 0 means no pair."""
    corpus = kerazoo.read_corpus(["one two three four five six"] * 40, min_count=1)
    with pytest.raises(kerazoo.InvalidInput, match=r"nothing is learned\. Pass a longer text"):
        fit_word_vectors(build(corpus), (corpus.ids, None), epochs=1, sample=1e-7, verbose=0)
