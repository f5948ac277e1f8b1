//! Formats in and out: what other systems write, as rows with their lines.
//!
//! - [`csv::open`] gives the rows of a CSV file in UTF-8, UTF-16, GBK, GB18030 or a named encoding.
//! - Each source is a [`RowSource`](kehu_domain::rows::RowSource): the import knows nothing else.
//!
//! A file is read as a stream: memory does not grow with its length, and no cell is allocated.
//!
//! ```
//! use std::io::Cursor;
//! use kehu_domain::rows::{Row, RowSource as _, TextFormat};
//! let file = Cursor::new("name,city\n\"Li, Wei\",上海\n");
//! let mut source = kehu_exchange::csv::read("people.csv", file, &TextFormat::default()).unwrap();
//! assert_eq!((source.encoding(), source.columns().len()), ("UTF-8", 2));
//! let mut row = Row::default();
//! assert_eq!(source.next(&mut row), Ok(true));
//! assert_eq!((row.line(), row.cell(0), row.cell(1)), (2, "Li, Wei", "上海"));
//! assert_eq!(source.next(&mut row), Ok(false));
//! ```

pub mod csv;
mod encoding;

#[cfg(test)]
mod tests;
