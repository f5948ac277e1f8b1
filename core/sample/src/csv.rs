//! Rows of CSV, quoted where they must be.

use std::fmt::{self, Write as _};
use std::io;

/// Writes rows; each cell is shown as it displays itself.
pub(crate) struct Rows<'o> {
    out: &'o mut dyn io::Write,
    line: String,
}

impl<'o> Rows<'o> {
    /// Begins with the header.
    pub(crate) fn new(out: &'o mut dyn io::Write, header: &[&str]) -> io::Result<Self> {
        let mut rows = Self { out, line: String::new() };
        for name in header {
            rows.cell(name);
        }
        rows.end()?;
        Ok(rows)
    }

    /// Adds a cell to the row.
    pub(crate) fn cell(&mut self, value: &dyn fmt::Display) -> &mut Self {
        let begun = self.line.len();
        // Writing into a text cannot fail.
        write!(self.line, "{value}").ok();
        if self.line[begun..].contains(['"', ',', '\n', '\r']) {
            let quoted = format!("\"{}\"", self.line[begun..].replace('"', "\"\""));
            self.line.replace_range(begun.., &quoted);
        }
        self.line.push(',');
        self
    }

    /// Adds a cell that may be empty.
    pub(crate) fn maybe(&mut self, value: Option<&dyn fmt::Display>) -> &mut Self {
        match value {
            Some(value) => self.cell(value),
            None => self.cell(&""),
        }
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.line.pop();
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_be() {
        let mut out = Vec::new();
        let mut rows = Rows::new(&mut out, &["name", "text"]).unwrap();
        rows.cell(&"云汀").cell(&"says \"yes\", then no").end().unwrap();
        rows.maybe(None).maybe(Some(&5)).end().unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "name,text\n云汀,\"says \"\"yes\"\", then no\"\n,5\n"
        );
    }
}
