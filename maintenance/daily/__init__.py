"""The daily run (DESIGN 5): `runs` is the engine, `steps` what it does, the rest is what they share.

Nothing is imported here: services use `bulk` and `wording` without the engine, and the steps use services.
"""
