//! kehu cli.
