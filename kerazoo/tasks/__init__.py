"""What a kind of network is asked: its own data, its judge, its figures, its answers."""
