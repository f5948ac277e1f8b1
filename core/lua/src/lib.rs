//! kehu lua.
