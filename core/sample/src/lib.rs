//! kehu sample.
