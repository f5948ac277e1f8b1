//! The `kehu` binary.
fn main() {}
