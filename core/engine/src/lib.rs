//! kehu engine.
