"""A table that does not fit into memory: read in batches, and left on the disk as arrays.

In reading order: `survey` goes over the table and learns what a split and the preparation need,
`equal` tells which rows are the same, `arrays` writes the parts to the disk, and `load` puts these
together, as `kerazoo.datasets.table_csv` does it for a table in memory. Of each row, some numbers
stay in memory; its columns do not.
"""
