//! The tests of the whole: see `tests/integration`.
