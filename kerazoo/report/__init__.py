"""What came out: recorded results as tables and READMEs."""
