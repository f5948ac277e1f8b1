//! How one value of a record becomes one value of a row, and back.

use std::collections::BTreeMap;

use kehu_domain::{
    ContactId, CustomerId, CustomerType, Day, DealId, Entity, FieldValue, Fields, InteractionId,
    Money, ProductId, RepId, TaskState,
};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

/// Stands for a field's type in the tables.
pub(crate) trait Cell: Sized {
    /// The sort of record that it names, if it is an id.
    const REFERS: Option<Entity> = None;

    /// Gives it to a row.
    fn write(&self) -> ToSqlOutput<'_>;

    /// Takes it from a row; none if it cannot be what was written.
    fn read(value: ValueRef<'_>) -> Option<Self>;
}

pub(crate) fn integer<'a>(number: impl Into<i64>) -> ToSqlOutput<'a> {
    ToSqlOutput::Borrowed(ValueRef::Integer(number.into()))
}

pub(crate) fn text(words: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(words.as_bytes()))
}

const NULL: ToSqlOutput<'static> = ToSqlOutput::Borrowed(ValueRef::Null);

impl<T: Cell> Cell for Option<T> {
    const REFERS: Option<Entity> = T::REFERS;

    fn write(&self) -> ToSqlOutput<'_> {
        self.as_ref().map_or(NULL, Cell::write)
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

impl Cell for i64 {
    fn write(&self) -> ToSqlOutput<'_> {
        integer(*self)
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok()
    }
}

impl Cell for u16 {
    fn write(&self) -> ToSqlOutput<'_> {
        integer(*self)
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok()?.try_into().ok()
    }
}

impl Cell for bool {
    fn write(&self) -> ToSqlOutput<'_> {
        integer(*self)
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok().map(|number| number != 0)
    }
}

impl Cell for f64 {
    fn write(&self) -> ToSqlOutput<'_> {
        // Neither a table nor JSON can hold other numbers: where a value is needed, the table
        // refuses the row.
        if self.is_finite() { ToSqlOutput::Borrowed(ValueRef::Real(*self)) } else { NULL }
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_f64().ok()
    }
}

impl Cell for String {
    fn write(&self) -> ToSqlOutput<'_> {
        text(self)
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_str().ok().map(str::to_owned)
    }
}

impl Cell for Day {
    fn write(&self) -> ToSqlOutput<'_> {
        integer(self.number())
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        Self::from_number(value.as_i64().ok()?.try_into().ok()?)
    }
}

impl Cell for Money {
    fn write(&self) -> ToSqlOutput<'_> {
        integer(self.0)
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok().map(Self)
    }
}

macro_rules! ids {
    ($($entity:ident $name:ident,)*) => {$(
        impl Cell for $name {
            const REFERS: Option<Entity> = Some(Entity::$entity);

            fn write(&self) -> ToSqlOutput<'_> {
                integer(self.0)
            }

            fn read(value: ValueRef<'_>) -> Option<Self> {
                value.as_i64().ok().map(Self)
            }
        }
    )*};
}

ids! {
    Rep RepId,
    Product ProductId,
    Customer CustomerId,
    Contact ContactId,
    Deal DealId,
    Interaction InteractionId,
}

macro_rules! words {
    ($($type:ident { $($variant:ident $word:literal,)* })*) => {$(
        impl Cell for $type {
            fn write(&self) -> ToSqlOutput<'_> {
                text(match self { $(Self::$variant => $word,)* })
            }

            fn read(value: ValueRef<'_>) -> Option<Self> {
                match value.as_str().ok()? { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

words! {
    CustomerType { Organisation "organisation", Person "person", }
    TaskState { Open "open", Done "done", Snoozed "snoozed", Skipped "skipped", }
}

fn json<'a, T: serde::Serialize>(value: &T) -> ToSqlOutput<'a> {
    serde_json::to_string(value).map_or(NULL, |words| ToSqlOutput::Owned(Value::Text(words)))
}

fn from_json<T: serde::de::DeserializeOwned>(value: ValueRef<'_>) -> Option<T> {
    serde_json::from_str(value.as_str().ok()?).ok()
}

impl Cell for serde_json::Value {
    fn write(&self) -> ToSqlOutput<'_> {
        json(self)
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        from_json(value)
    }
}

impl Cell for Fields {
    fn write(&self) -> ToSqlOutput<'_> {
        let odd = |value: &FieldValue| matches!(value, FieldValue::Number(n) if !n.is_finite());
        if self.values().any(odd) {
            // A number that JSON cannot hold is no value.
            let kept: BTreeMap<_, _> = self.iter().filter(|(_, value)| !odd(value)).collect();
            return if kept.is_empty() { NULL } else { json(&kept) };
        }
        if self.is_empty() { NULL } else { json(self) }
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        if value == ValueRef::Null { Some(Self::new()) } else { from_json(value) }
    }
}

impl Cell for BTreeMap<String, String> {
    fn write(&self) -> ToSqlOutput<'_> {
        if self.is_empty() { NULL } else { json(self) }
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        if value == ValueRef::Null { Some(Self::new()) } else { from_json(value) }
    }
}

impl Cell for Vec<String> {
    fn write(&self) -> ToSqlOutput<'_> {
        if self.is_empty() { NULL } else { json(self) }
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        if value == ValueRef::Null { Some(Self::new()) } else { from_json(value) }
    }
}
