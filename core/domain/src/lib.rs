//! kehu domain.
