"""The architecture document itself as the spec: read Markdown, and say what was not understood.

`read_markdown` is what `load_spec` calls for a `.md` file. docs/documents.md lists what is recognised and which
readings fill in what documents leave unsaid.
"""
