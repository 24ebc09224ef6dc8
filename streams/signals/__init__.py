"""Signals in the stream: a look with every chunk, the full Monte Carlo once a day, lives that survive a crash."""
