"""From text to the syntax tree: native syntax, templates, JSON."""
