//! Vocabulary that a pack brings: kinds of interaction and custom fields, as written in `pack.toml`.

use crate::document::{Document, Item, ItemValue, Place, Table};

/// Holds the `[[kind]]` and `[fields]` of a manifest as they stand in the file.
///
/// What they mean is the engine's to say, in the words of `kehu.toml`: this is the text with its
/// places, so that whoever reads it can name the line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vocabulary {
    entries: Vec<(String, Place, Item)>,
}

/// The keys of `pack.toml` that declare vocabulary.
const KEYS: [&str; 2] = ["kind", "fields"];

impl Vocabulary {
    /// Takes the vocabulary of a manifest, and nothing else of it.
    ///
    /// # Errors
    /// The first place at which the text is not TOML.
    pub fn parse(file: &str, text: &str) -> Result<Self, crate::document::Problem> {
        let document = Document::parse(file, text)?;
        let problems = crate::document::Problems::default();
        Ok(Self::read(&document.table(&problems)))
    }

    /// Takes it from the table of a manifest, and marks its keys as known.
    pub(crate) fn read(table: &Table<'_>) -> Self {
        let entries = KEYS.into_iter().filter_map(|key| {
            let item = table.item(key)?;
            let place = match &item.value {
                // A list of tables has no place of its own.
                ItemValue::List(items) => items.first().map_or(&item.place, |first| &first.place),
                _ => &item.place,
            };
            Some((key.to_owned(), place.clone(), item.clone()))
        });
        Self { entries: entries.collect() }
    }

    /// True if the manifest declares none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names of the fields that it brings to a sort of record, such as `interaction`.
    pub fn fields(&self, sort: &str) -> Vec<String> {
        let document = self.to_document();
        let problems = crate::document::Problems::default();
        let fields = document.table(&problems).table("fields").and_then(|sorts| sorts.table(sort));
        let fields = fields.map(|fields| fields.subtables()).unwrap_or_default();
        fields.into_iter().map(|(name, _)| name.to_owned()).collect()
    }

    /// A document that says this alone.
    pub fn to_document(&self) -> Document {
        Document::of(self.entries.clone())
    }
}
