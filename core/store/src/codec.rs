//! How columns and reasons become bytes, the same for every store. Stores compress as they like.
