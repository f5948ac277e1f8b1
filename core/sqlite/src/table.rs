//! The one description of each record: its table and its columns, in the order of the schema's text.

use kehu_domain::{
    Contact, ContactId, Customer, CustomerId, CustomerType, Day, Deal, DealEvent, DealId, Entity,
    Fields, Interaction, InteractionId, Money, Override, Product, ProductId, Record, Rep, RepId,
    StoredPlan, Target, Task, TaskState,
};
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::cell::Cell;

/// Describes the table of a sort of records.
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its columns but the last, which is `operation` in every table.
    pub(crate) columns: &'static [Column],
}

/// Describes a column.
pub(crate) struct Column {
    /// Its name, which is that of the field.
    pub(crate) name: &'static str,
    /// The sort of record whose id it holds.
    pub(crate) refers: Option<Entity>,
}

impl Table {
    /// The place of a column.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The columns that name other records, each with its place and the sort that it names.
    pub(crate) fn references(&self) -> impl Iterator<Item = (usize, &'static str, Entity)> {
        let column = |(place, column): (usize, &Column)| {
            column.refers.map(|refers| (place, column.name, refers))
        };
        self.columns.iter().enumerate().filter_map(column)
    }
}

macro_rules! tables {
    ($($entity:ident $type:ident $table:literal { $($field:ident: $cell:ty,)* })*) => {
        /// The table of a sort.
        pub(crate) fn table(entity: Entity) -> &'static Table {
            match entity {$(
                Entity::$entity => &Table {
                    name: $table,
                    columns: &[
                        $(Column {
                            name: stringify!($field),
                            refers: <$cell as Cell>::REFERS,
                        },)*
                    ],
                },
            )*}
        }

        /// The values of a record in the order of its table's columns.
        pub(crate) fn values(record: &Record) -> Vec<ToSqlOutput<'_>> {
            match record { $(Record::$entity(record) => vec![$(record.$field.write(),)*],)* }
        }

        /// The record that has these values; none if they are not what [`values`] gave.
        pub(crate) fn record(entity: Entity, values: &[ValueRef<'_>]) -> Option<Record> {
            let mut values = values.iter();
            Some(match entity {$(
                Entity::$entity => Record::$entity($type {
                    $($field: <$cell as Cell>::read(*values.next()?)?,)*
                }),
            )*})
        }
    };
}

tables! {
    Rep Rep "rep" {
        id: i64, name: String, external_id: Option<String>, manager: Option<String>,
        region: Option<String>, email: Option<String>, lat: Option<f64>, lon: Option<f64>,
        fields: Fields,
    }
    Product Product "product" {
        id: i64, name: String, external_id: Option<String>, category: Option<String>,
        price: Option<Money>, fields: Fields,
    }
    Customer Customer "customer" {
        id: i64, kind: CustomerType, name: String,
        external_ids: std::collections::BTreeMap<String, String>, owner: Option<RepId>,
        place: Option<String>, lat: Option<f64>, lon: Option<f64>, phone: Option<String>,
        email: Option<String>, birthday: Option<Day>, parent: Option<CustomerId>,
        source: Option<String>, consent: Option<bool>, tags: Vec<String>, archived: Option<Day>,
        known: Option<Day>, fields: Fields,
    }
    Contact Contact "contact" {
        id: i64, customer: CustomerId, name: String, external_id: Option<String>,
        role: Option<String>, department: Option<String>, influence: Option<String>,
        coach: Option<bool>, birthday: Option<Day>, phone: Option<String>, email: Option<String>,
        wechat: Option<String>, known: Option<Day>, fields: Fields,
    }
    Deal Deal "deal" {
        id: i64, name: String, external_id: Option<String>, customer: Option<CustomerId>,
        rep: Option<RepId>, pipeline: String, product: Option<ProductId>, amount: Option<Money>,
        expected_close: Option<Day>, fields: Fields,
    }
    DealEvent DealEvent "deal_event" {
        id: i64, deal: DealId, happened: Day, minute: Option<u16>, stage: String,
        by: Option<RepId>, reason: Option<String>, overruled: Option<String>,
        amount: Option<Money>, known: Option<Day>,
    }
    Interaction Interaction "interaction" {
        customer: CustomerId, happened: Day, id: i64, kind: String, known: Option<Day>,
        amount: Option<Money>, margin: Option<Money>, rep: Option<RepId>,
        contact: Option<ContactId>, deal: Option<DealId>, product: Option<ProductId>,
        quantity: Option<f64>, minute: Option<u16>, channel: Option<String>,
        outcome: Option<String>, mood: Option<String>, about: Option<InteractionId>,
        state: Option<String>, due: Option<Day>, fields: Fields, text: Option<String>,
        external_id: Option<String>, identity: Option<i64>,
    }
    Task Task "task" {
        id: i64, what: String, customer: Option<CustomerId>, deal: Option<DealId>,
        rep: Option<RepId>, due: Day, state: TaskState, since: Option<Day>, until: Option<Day>,
        reason: Option<String>, origin: Option<String>, key: Option<String>, known: Day,
    }
    Target Target "target" {
        id: i64, rep: Option<RepId>, measure: String, from: Day, to: Day, value: f64,
    }
    Override Override "override" {
        id: i64, customer: CustomerId, column: String, value: String, until: Option<Day>,
        reason: String, by: String, known: Day,
    }
    Plan StoredPlan "plan" {
        id: i64, rep: RepId, from: Day, to: Day, as_of: Day, body: serde_json::Value,
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn the_schema_has_the_columns_and_references_that_are_described() {
        let connection = Connection::open_in_memory().unwrap();
        crate::migrate::run(&connection, 0).unwrap();
        for entity in Entity::ALL {
            let table = table(entity);
            let sql = "SELECT name FROM pragma_table_info(?) ORDER BY cid";
            let mut statement = connection.prepare(sql).unwrap();
            let names = statement.query_map([table.name], |row| row.get(0)).unwrap();
            let names: Vec<String> = names.collect::<Result<_, _>>().unwrap();
            let mut described: Vec<_> = table.columns.iter().map(|column| column.name).collect();
            described.push("operation");
            assert_eq!(names, described);
            let sql = "SELECT \"from\" || ' ' || \"table\" FROM pragma_foreign_key_list(?)
                 WHERE \"table\" NOT IN ('operation', 'kind') ORDER BY 1";
            let mut statement = connection.prepare(sql).unwrap();
            let refers = statement.query_map([table.name], |row| row.get(0)).unwrap();
            let refers: Vec<String> = refers.collect::<Result<_, _>>().unwrap();
            let mut described: Vec<_> = table
                .references()
                .map(|(_, column, refers)| format!("{column} {}", super::table(refers).name))
                .collect();
            described.sort();
            assert_eq!(refers, described, "of {}", table.name);
        }
    }
}
