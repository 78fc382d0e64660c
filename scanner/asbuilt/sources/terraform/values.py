"""Terraform's values as Python values.

| Terraform | Python |
|---|---|
| null, bool, string | `None`, `bool`, `str` |
| number | `int` where it is whole, else `BigFloat` (512-bit binary precision, as Terraform's) |
| tuple, object | plain `list`, plain `dict` |
| list(T), map(T), set(T) | `ListValue`, `MapValue`, `SetValue`: list, dict, list that keep the element type |
| unknown | `model.Unknown` (with `type` when it is known) |
| sensitive | `model.Sensitive` around the value; functions and operators take it off and put it back |

A `SetValue` is a list without duplicates in Terraform's own order of iteration.
"""
