//! The base as files of CSV.

use std::io;

use kehu_domain::{
    Contact, Currency, Customer, CustomerId, Day, Deal, DealEvent, FieldValue, Interaction, Money,
    Product, Rep,
};

use super::Demo;
use crate::csv::Rows;

/// Names a file of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The reps.
    Reps,
    /// The products.
    Products,
    /// The dealers.
    Dealers,
    /// The people at the dealers.
    Contacts,
    /// The deals, each with the days on which it came from stage to stage.
    Deals,
    /// What happened.
    Interactions,
}

impl Sheet {
    /// All files, those that others refer to first.
    pub const ALL: [Self; 6] = [
        Self::Reps,
        Self::Products,
        Self::Dealers,
        Self::Contacts,
        Self::Deals,
        Self::Interactions,
    ];

    /// The name of the file in [`Demo::MAPPING`].
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Reps => "reps.csv",
            Self::Products => "products.csv",
            Self::Dealers => "dealers.csv",
            Self::Contacts => "contacts.csv",
            Self::Deals => "deals.csv",
            Self::Interactions => "interactions.csv",
        }
    }

    fn header(self) -> &'static [&'static str] {
        match self {
            Self::Reps => &["rep_id", "name", "manager", "region", "email", "lat", "lon"],
            Self::Products => &["sku", "name", "category", "price"],
            Self::Dealers => &[
                "dealer_id",
                "name",
                "city",
                "lat",
                "lon",
                "rep_id",
                "sector",
                "credit",
                "source",
                "consent",
                "tags",
            ],
            Self::Contacts => &[
                "contact_id",
                "dealer_id",
                "name",
                "role",
                "department",
                "influence",
                "coach",
                "birthday",
                "phone",
                "wechat",
            ],
            Self::Deals => &[
                "deal_id",
                "name",
                "dealer_id",
                "rep_id",
                "sku",
                "amount",
                "expected_close",
                "prospect_on",
                "intent_on",
                "stable_intent_on",
                "closed_on",
                "result",
                "closed_amount",
                "reason",
            ],
            Self::Interactions => &[
                "id",
                "dealer_id",
                "day",
                "kind",
                "rep_id",
                "contact_id",
                "sku",
                "channel",
                "amount",
                "margin",
                "cases",
                "outcome",
                "mood",
                "state",
                "due",
                "text",
            ],
        }
    }
}

impl Demo {
    /// Writes one of the files.
    ///
    /// # Errors
    /// Why nothing can be written.
    pub fn write(&self, sheet: Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        let mut rows = Rows::new(out, sheet.header())?;
        let rows = &mut rows;
        match sheet {
            Sheet::Reps => self.reps.iter().try_for_each(|rep| write_rep(rows, rep)),
            Sheet::Products => self.products.iter().try_for_each(|each| write_product(rows, each)),
            Sheet::Dealers => {
                self.dealers.iter().try_for_each(|each| self.write_dealer(rows, each))
            }
            Sheet::Contacts => {
                self.contacts.iter().try_for_each(|each| self.write_contact(rows, each))
            }
            Sheet::Deals => self.deals.iter().try_for_each(|deal| self.write_deal(rows, deal)),
            Sheet::Interactions => {
                self.interactions.iter().try_for_each(|each| self.write_interaction(rows, each))
            }
        }
    }

    fn write_dealer(&self, rows: &mut Rows<'_>, dealer: &Customer) -> io::Result<()> {
        let owner = dealer.owner.and_then(|id| external(&self.reps, id.0, |rep| &rep.external_id));
        rows.cell(&self.dealer_id(CustomerId(dealer.id)))
            .cell(&dealer.name)
            .maybe(shown(dealer.place.as_ref()))
            .maybe(shown(dealer.lat.as_ref()))
            .maybe(shown(dealer.lon.as_ref()))
            .maybe(shown(owner))
            .cell(&field(dealer, "sector"))
            .cell(&field(dealer, "credit"))
            .maybe(shown(dealer.source.as_ref()))
            .cell(&yes_or_no(dealer.consent))
            .cell(&dealer.tags.join(";"))
            .end()
    }

    fn write_contact(&self, rows: &mut Rows<'_>, contact: &Contact) -> io::Result<()> {
        rows.maybe(shown(contact.external_id.as_ref()))
            .cell(&self.dealer_id(contact.customer))
            .cell(&contact.name)
            .maybe(shown(contact.role.as_ref()))
            .maybe(shown(contact.department.as_ref()))
            .maybe(shown(contact.influence.as_ref()))
            .cell(&yes_or_no(contact.coach))
            .maybe(shown(contact.birthday.as_ref()))
            .maybe(shown(contact.phone.as_ref()))
            .maybe(shown(contact.wechat.as_ref()))
            .end()
    }

    fn write_deal(&self, rows: &mut Rows<'_>, deal: &Deal) -> io::Result<()> {
        let events: Vec<&DealEvent> =
            self.events.iter().filter(|event| event.deal.0 == deal.id).collect();
        let on = |stage: &str| events.iter().find(|event| event.stage == stage);
        let day = |stage: &str| on(stage).map(|event| event.happened);
        let closed = on("signed").or_else(|| on("lost"));
        let rep = deal.rep.and_then(|id| external(&self.reps, id.0, |rep| &rep.external_id));
        rows.maybe(shown(deal.external_id.as_ref()))
            .cell(&deal.name)
            .cell(&deal.customer.map(|id| self.dealer_id(id)).unwrap_or_default())
            .maybe(shown(rep))
            .maybe(shown(self.sku(deal.product.map(|id| id.0))))
            .cell(&money(deal.amount))
            .maybe(shown(deal.expected_close.as_ref()))
            .maybe(shown(day("prospect").as_ref()))
            .maybe(shown(day("intent").as_ref()))
            .maybe(shown(day("stable_intent").as_ref()))
            .maybe(shown(closed.map(|event| &event.happened)))
            .maybe(shown(closed.map(|event| &event.stage)))
            .cell(&money(closed.and_then(|event| event.amount)))
            .maybe(shown(closed.and_then(|event| event.reason.as_ref())))
            .end()
    }

    fn write_interaction(&self, rows: &mut Rows<'_>, told: &Interaction) -> io::Result<()> {
        let rep = told.rep.and_then(|id| external(&self.reps, id.0, |rep| &rep.external_id));
        let contact =
            told.contact.and_then(|id| external(&self.contacts, id.0, |each| &each.external_id));
        rows.maybe(shown(told.external_id.as_ref()))
            .cell(&self.dealer_id(told.customer))
            .cell(&told.happened)
            .cell(&told.kind)
            .maybe(shown(rep))
            .maybe(shown(contact))
            .maybe(shown(self.sku(told.product.map(|id| id.0))))
            .maybe(shown(told.channel.as_ref()))
            .cell(&money(told.amount))
            .cell(&money(told.margin))
            .maybe(shown(told.quantity.as_ref()))
            .maybe(shown(told.outcome.as_ref()))
            .maybe(shown(told.mood.as_ref()))
            .maybe(shown(told.state.as_ref()))
            .maybe(shown::<Day>(told.due.as_ref()))
            .maybe(shown(told.text.as_ref()))
            .end()
    }

    fn dealer_id(&self, id: CustomerId) -> String {
        let dealer = self.dealers.get(id.0 as usize - 1);
        dealer.and_then(|dealer| dealer.external_ids.get("demo")).cloned().unwrap_or_default()
    }

    fn sku(&self, id: Option<i64>) -> Option<&String> {
        external(&self.products, id?, |product| &product.external_id)
    }
}

fn write_rep(rows: &mut Rows<'_>, rep: &Rep) -> io::Result<()> {
    rows.maybe(shown(rep.external_id.as_ref()))
        .cell(&rep.name)
        .maybe(shown(rep.manager.as_ref()))
        .maybe(shown(rep.region.as_ref()))
        .maybe(shown(rep.email.as_ref()))
        .maybe(shown(rep.lat.as_ref()))
        .maybe(shown(rep.lon.as_ref()))
        .end()
}

fn write_product(rows: &mut Rows<'_>, product: &Product) -> io::Result<()> {
    rows.maybe(shown(product.external_id.as_ref()))
        .cell(&product.name)
        .maybe(shown(product.category.as_ref()))
        .cell(&money(product.price))
        .end()
}

fn shown<T: std::fmt::Display>(value: Option<&T>) -> Option<&dyn std::fmt::Display> {
    value.map(|value| value as &dyn std::fmt::Display)
}

/// The external id of a record: ids are places in the list.
fn external<T>(list: &[T], id: i64, of: impl Fn(&T) -> &Option<String>) -> Option<&String> {
    list.get(usize::try_from(id - 1).ok()?).and_then(|record| of(record).as_ref())
}

fn field(dealer: &Customer, name: &str) -> String {
    match dealer.fields.get(name) {
        Some(FieldValue::Text(text)) => text.clone(),
        Some(FieldValue::Number(number)) => number.to_string(),
        Some(FieldValue::Flag(flag)) => yes_or_no(Some(*flag)).to_owned(),
        None => String::new(),
    }
}

fn yes_or_no(flag: Option<bool>) -> &'static str {
    match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}

fn money(amount: Option<Money>) -> String {
    let yuan = Currency::new("CNY", 2).expect("the code and scale are valid");
    amount.map(|amount| yuan.show(amount)).unwrap_or_default()
}
