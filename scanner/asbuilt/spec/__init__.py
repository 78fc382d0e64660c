"""The architecture spec: what infrastructure must look like.

`asbuilt.spec.load.load_spec` reads one. Importing this package costs nothing; loading a spec imports pydantic.
"""
