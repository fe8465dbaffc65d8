"""Readers of files: one kind of file or content, one module."""
