"""Trainings and answers spread over a cluster, and what is kept of them while that lasts.

`seeds` trains one network from many seeds. `answers` answers tables that are cut into pieces by
`cutting`, and writes them to a file that `unfinished` lets go on after a kill. A search has its
part in `search/spread.py`.
"""
