"""The engine: it trains a compiled Keras model fast. It knows no recipe and no network of the zoo.

What each file owns, in reading order:

    fit.py               `fit_model`: checks the arguments, chooses who trains, hands over
    data.py              what a user passes, as arrays; checks that Keras makes late or never
    choose.py            which engine trains, XLA or not; which callbacks need batches or epochs
    loop.py              the one training loop: compiled epochs, callbacks, checkpoints in turn
    resident.py          the plan of a training, the order of its rows, its runner of epochs
    program.py           an epoch as one compiled graph, from a single step outwards
    checkpoints/         the state of a training on disk, and back
    recurrent/           LSTM, GRU and SimpleRNN layers: a whole sequence as one operation
    updates.py           optimizers: Adam as one operation, tables of embeddings by rows
    random_numbers.py    dropout and noise under XLA: the numbers that `fit` draws
    precision.py         mixed precision for a model that is already built
    distribution.py      several devices or workers
    normalization.py     `adapt_normalization`
    keras_internals.py   every use of something private in Keras or TensorFlow
    callbacks.py         `EarlyStopping`, `ModelCheckpoint`, `KeepFinite`
    progress.py          `ProgressLine`
    evaluate.py          `evaluate_model`
    gradients.py         gradients outside of `fit`
    words/               word vectors: another runner of epochs for the same loop

From `fit_model` to one compiled graph:

1. `fit_model` converts data to NumPy arrays (`data.to_data`), checks them against the model
   (`data.check_data`) and adapts `Normalization` layers, whose statistics become constants.
2. If the data is no arrays, or a callback needs single batches, `keras.Model.fit` trains
   (`choose.reason_for_keras`). Everything below is for the other case.
3. `resident.prepare_training` chooses XLA or not, puts Keras' `CallbackList` around the callbacks,
   and has `program.make_program` make the program: each step is traced once, which also creates all
   variables, and the data goes to the device.
4. `loop.Training.run` calls `on_train_begin`, puts a checkpoint back if there is one, and then
   alternates: epochs, callbacks, checkpoint.
5. To run epochs, `resident.ResidentRunner.run` draws an order of the rows for each
   (`resident.order_rows`, from seed and number of the epoch) and calls `Program.run`. The first
   call traces and compiles the graph: all steps of all epochs of the call, with validation.
6. The graph returns the values of every epoch at once, and Python hands them to the callbacks.

No number depends on how many epochs run in one call, on interruptions, or on callbacks that only
watch. The numbers are those of `keras.Model.fit`, to 1e-5 of rounding.

Imports: the engine imports from `errors`, `_protocols`, `_machine` and `datasets` only. TensorFlow
is imported at the top of files that need it; `fit.py`, `choose.py`, `data.py`, `loop.py` and
`checkpoints/` work without it, so that other backends of Keras do.
"""
