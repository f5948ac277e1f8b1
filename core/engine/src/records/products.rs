//! Products.

use kehu_domain::{Entity, Product, ProductId};
use kehu_store::Reader;

use super::reps::refuse_same_name;
use super::{Desk, Result, values};

/// Holds what is to be said about a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFacts {
    /// The name.
    pub name: String,
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
        let name = values::name("name", &facts.name)?;
        refuse_same_name(writer.reader(), Entity::Product, &name)?;
        let mut product = Product { name, ..Product::default() };
        if let Some(category) = &facts.category {
            product.category = values::line("category", category)?;
        }
        if let Some(price) = &facts.price {
            product.price = values::amount(desk.settings, "price", price)?;
        }
        values::set_fields(desk.settings, Entity::Product, &mut product.fields, &facts.fields)?;
        let product = desk.put(writer, product)?;
        let summary = format!("added {} {}", ProductId(product.id), product.name);
        Ok((product, summary))
    })
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
