"""Networks that answer. Nothing here knows cards, recipes or networks of the zoo.

`litert.py` runs a `.tflite` file, with NumPy alone; `trial.py` does so in a process of its own, for
a file of somebody else; `keras.py` runs a Keras model as one graph;
`tensorflow.py` is what exports need of TensorFlow; `start.py` is how the
command line imports it. `fixed_batch.py` and `inner_tensors.py` rewrite a file for a browser.
"""
