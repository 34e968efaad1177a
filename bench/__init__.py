"""Benchmarks as ratios against floors measured in the same run (DESIGN 11). Start with `make bench`."""
