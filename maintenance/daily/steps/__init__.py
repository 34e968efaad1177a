"""What a daily run does, one file per step. Each is a function of `Work` that returns how many rows it wrote."""
