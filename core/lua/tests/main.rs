//! Tests of the script host.
