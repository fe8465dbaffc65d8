"""Recurrent layers on a CPU: a whole sequence as one operation with its own gradient.

Keras steps through a sequence in a loop and leaves its gradient to TensorFlow, which stores every
intermediate result of every step and adds up the gradient of the weights as often. Here the inputs
of all steps are multiplied by their weights before the loop, and the gradient of the weights is one
product after it. The loops only do what depends on the step before.

    layers.py        `whole_sequences`: which layers, and what takes the place of Keras' loop; masks
    loops.py         how forward and backward loop become one operation that XLA compiles
    lstm.py          LSTM, and TensorFlow's own operation for it, which needs no XLA
    gru.py           GRU, with the reset gate after or before the product
    simple_rnn.py    SimpleRNN, with tanh or relu

Shapes: `time` steps, `batch` rows, `features` inputs, `units` outputs. Time comes first, so a step
is one contiguous piece of memory. Gates lie side by side in the order of Keras.
"""
