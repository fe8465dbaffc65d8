"""The engine: it trains a compiled Keras model fast. It knows no recipe and no network of the zoo.

What each file owns, in reading order:

    fit.py               `fit_model`: checks the arguments, chooses who trains, hands over
    data.py              what a user passes, as arrays
    loading.py           rows of arrays, which may lie in files, into memory
    inputs.py            which array is given to which input
    class_weights.py     weights of classes as weights of rows
    checks.py            checks that Keras makes late or never
    choose.py            which engine trains, XLA or not; Keras' own `fit`
    callback_hooks.py    which callbacks need batches, epochs or validation
    schedule.py          which rows an epoch trains on, after which epochs is validated
    loop.py              the one training loop: compiled epochs, callbacks, checkpoints in turn
    resident.py          the plan of a training, its runner of epochs
    blocks.py            the runner for data that does not fit in memory
    program.py           an epoch as one compiled graph: found, or traced, and run
    tracer.py            that graph, from a single step outwards
    program_cache.py     graphs of this process, for the next model of the same structure
    structure.py         what shapes a graph, as a key
    bookkeeping.py       attributes of Keras that are no part of it
    seen_by_code.py      what code of the user can see, as a part of that key
    hyperparameters.py   numbers that a graph reads from an argument
    fused_update.py      Adam's update of all weights at once
    feeding.py           data as tensors, and a batch as `train_step` takes it
    freezing.py          what is trainable, as the model was compiled
    checkpoints/         the state of a training on disk, and back
    recurrent/           LSTM, GRU and SimpleRNN layers: a whole sequence as one operation
    updates.py           optimizers: tables of embeddings by rows
    sparse_rows.py       bags of words as the words that are there
    random_numbers.py    dropout and noise under XLA: the numbers that `fit` draws
    precision.py         mixed precision for a model that is already built
    distribution.py      several devices or workers
    workers/             several machines: how they meet, and who is still there
    normalization.py     `adapt_normalization`
    statistics.py        mean, variance and range, of all rows or block by block
    first_values.py      all that a training changes, as it was before
    keras_internals.py   every use of something private in Keras or TensorFlow
    callbacks.py         `EarlyStopping`, `ModelCheckpoint`, `KeepFinite`
    progress.py          `ProgressLine`
    epoch_logger.py      loggers that let many epochs run in a call; `TensorBoard` as one of them
    event_file.py        what TensorBoard reads
    evaluate.py          `evaluate_model`
    gradients.py         gradients outside of `fit`
    words/               word vectors: another runner of epochs for the same loop
    control/             agents that learn by acting: one more

From `fit_model` to one compiled graph:

1. `fit_model` converts data to NumPy arrays (`data.to_data`), checks them against the model
   (`checks.check_data`) and adapts `Normalization` layers, whose statistics become constants.
2. If the data is no arrays, or a callback needs single batches, `keras.Model.fit` trains
   (`choose.reason_for_keras`). Everything below is for the other case.
3. `resident.prepare_training` chooses XLA or not, puts Keras' `CallbackList` around the callbacks,
   and has `program.make_program` make the program: all variables are created, and the data goes to
   the device.
4. `loop.Training.run` calls `on_train_begin`, puts a checkpoint back if there is one, and then
   alternates: epochs, callbacks, checkpoint.
5. To run epochs, `resident.ResidentRunner.run` draws an order of the rows for each
   (`schedule.order_rows`, from seed and number of the epoch) and calls `Program.run`. The first
   call looks for a graph that another model of the same structure was trained with, or traces and
   compiles one: all steps of all epochs of the call, with validation.
6. The graph returns the values of every epoch at once, and Python hands them to the callbacks.

Data that does not fit in memory takes another runner, `blocks.BlockRunner`: one program for each
size of a block, called for each block, which is its data. Python resets the metrics then.

A graph is compiled once per structure and process. It captures the variables of the model that it
was traced with; called with those of another model in their place, it trains that one. Data,
orders and hyperparameters are arguments. `kerazoo.clear_program_cache` empties the cache.

No number depends on which model was trained before, on how many epochs run in one call, on
interruptions, or on callbacks that only watch. The numbers are those of `keras.Model.fit`, to 1e-5
of rounding.

Imports: the engine imports from `errors`, `_protocols`, `_machine` and `datasets` only. TensorFlow
is imported at the top of files that need it; `fit.py`, `choose.py`, `data.py`, `loop.py` and
`checkpoints/` work without it, so that other backends of Keras do.
"""
