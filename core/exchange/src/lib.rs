//! kehu exchange.
