//! What the readers make of sound and of hostile files.
