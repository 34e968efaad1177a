"""Every change of units, people, covers and parameters, with its rule and its audit row."""
