//! What a workspace's file must do, through the crate's public face.

mod hostile;
mod story;
