//! kehu sqlite.
