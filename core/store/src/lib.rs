//! kehu store.
