"""One training by several machines: who takes part, how they meet, and who is still there.

What each file owns, in reading order:

    cluster.py      the workers' addresses, and which of them this process is
    messages.py     what two workers say to each other, as bytes
    meeting.py      all come, with the same package, recipe and data, or nothing begins
    watch.py        notices when one goes, so that the others end with a word

Worker 0 is the first among them: the others connect to it, it alone writes checkpoints and saves.
Gradients do not travel here: TensorFlow sends them, under the strategy of `distribution.py`. It
listens at the addresses where the workers have met before.

Nothing is encrypted and nobody is asked for a password, here or in TensorFlow: workers belong in a
network that is closed to others. Messages are JSON and the bytes of a checkpoint, which is read
without running anything in it.

No TensorFlow is imported here.
"""
