"""Nobody pays for pydantic who loads no spec."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["asbuilt.spec", "asbuilt.spec.errors", "asbuilt.spec.load"])
def test_importing_loads_no_pydantic(module):
    code = f"import sys, {module}; print([m for m in ('pydantic', 'boto3', 'click', 'jinja2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_loading_a_bundled_spec_imports_no_rules():
    code = (
        "import sys; from asbuilt.spec import load_spec; load_spec('broxiva').resolve('prod');"
        "print([m for m in sys.modules if m.startswith('asbuilt_policies')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_such_name():
    import asbuilt.spec

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = asbuilt.spec.nothing
