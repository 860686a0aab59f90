"""JAX is loaded on request only; without it the message says how to install it."""

import sys

import pytest

from heartland.errors import HeartlandInputError
from heartland.scenarios.traced.engine import double_precision, engine, versions


def test_without_jax_the_message_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    engine.cache_clear()
    with pytest.raises(HeartlandInputError) as caught:
        versions()
    engine.cache_clear()
    assert caught.value.exit_code == 2
    assert str(caught.value) == (
        "The backend jax needs the library jax, which cannot be loaded: import of jax halted; None in"
        " sys.modules. It is an extra: NumPy is the usual backend and needs nothing further. Install it"
        " (uv run --extra jax heartland ..., or pip install 'heartland[jax]'), or leave --backend out."
    )


def test_precision_is_double_within_and_as_it_was_afterwards():
    jnp = pytest.importorskip("jax.numpy", reason="jax is not installed; the extra [jax] brings it")
    before = jnp.zeros(1).dtype
    with double_precision():
        assert jnp.zeros(1).dtype == "float64"
    assert jnp.zeros(1).dtype == before


def test_what_decides_the_bits_names_backend_device_and_versions():
    jax = pytest.importorskip("jax", reason="jax is not installed; the extra [jax] brings it")
    found = versions()
    assert set(found) == {"backend", "device", "jax", "jaxlib"}
    assert found["backend"] == "jax"
    assert found["device"] == jax.devices()[0].platform
