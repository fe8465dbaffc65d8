"""Tests of kerazoo.playground."""
