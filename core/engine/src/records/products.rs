//! Products.

use kehu_domain::{Entity, Product, ProductId};
use kehu_store::Reader;

use super::customers::nothing_changed;
use super::reps::refuse_same_name;
use super::{Desk, Result, names, values};

/// Holds what is to be said about a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFacts {
    /// The name; a new product needs one.
    pub name: Option<String>,
    /// The category or series.
    pub category: Option<String>,
    /// The price.
    pub price: Option<String>,
    /// Custom fields, as `name=value`.
    pub fields: Vec<String>,
}

/// Adds a product.
pub fn add(desk: &Desk<'_>, facts: &ProductFacts) -> Result<Product> {
    desk.write("product add", |writer| {
        let mut product = Product::default();
        let name = Some(facts.name.clone().unwrap_or_default());
        apply(desk, writer.reader(), &ProductFacts { name, ..facts.clone() }, &mut product)?;
        let product = desk.put(writer, product)?;
        let summary = format!("added {} {}", ProductId(product.id), product.name);
        Ok((product, summary))
    })
}

/// Changes what is known of a product.
pub fn edit(desk: &Desk<'_>, product: &str, facts: &ProductFacts) -> Result<Product> {
    desk.write("product edit", |writer| {
        let id = names::product(writer.reader(), product)?;
        let mut product: Product = names::get(writer.reader(), Entity::Product, id.0)?;
        let before = product.clone();
        apply(desk, writer.reader(), facts, &mut product)?;
        if product == before {
            return Err(nothing_changed(&id.to_string()));
        }
        let product = desk.put(writer, product)?;
        let summary = format!("edited {id} {}", product.name);
        Ok((product, summary))
    })
}

fn apply(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    facts: &ProductFacts,
    product: &mut Product,
) -> Result<()> {
    if let Some(name) = &facts.name {
        let name = values::name("name", name)?;
        if !names::same(&name, &product.name) {
            refuse_same_name(reader, Entity::Product, &name)?;
        }
        product.name = name;
    }
    if let Some(category) = &facts.category {
        product.category = values::line("category", category)?;
    }
    if let Some(price) = &facts.price {
        product.price = values::worth(desk.settings, "price", price)?;
    }
    values::set_fields(desk.settings, Entity::Product, &mut product.fields, &facts.fields)
}

/// All products in id order.
pub fn list(reader: &dyn Reader) -> Result<Vec<Product>> {
    let mut products = Vec::new();
    reader.each(Entity::Product, None, &mut |record| {
        products.extend(Product::try_from(record));
        Ok(())
    })?;
    Ok(products)
}
