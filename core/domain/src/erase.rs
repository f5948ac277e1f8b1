//! What is left of a record when what it tells of a person is taken out.

use crate::{CustomerType, FieldValue, Fields, Record};

/// Stands in place of a text that was erased.
pub const ERASED: &str = "[erased]";

impl Record {
    /// The record without what tells of a person: names, ways to reach, places, birthdays, words and
    /// texts of custom fields go. What firms account by stays: ids, days, amounts, kinds, states and stages.
    #[must_use]
    pub fn erased(&self) -> Self {
        let mut record = self.clone();
        match &mut record {
            Self::Customer(customer) => {
                customer.name = format!("{ERASED} C-{}", customer.id);
                customer.kind = CustomerType::default();
                customer.external_ids.clear();
                (customer.place, customer.lat, customer.lon) = (None, None, None);
                (customer.phone, customer.email, customer.birthday) = (None, None, None);
                customer.consent = Some(false);
                customer.tags.clear();
                customer.fields.clear();
            }
            Self::Contact(contact) => {
                contact.name = format!("{ERASED} P-{}", contact.id);
                (contact.external_id, contact.role, contact.department) = (None, None, None);
                (contact.influence, contact.coach, contact.birthday) = (None, None, None);
                (contact.phone, contact.email, contact.wechat) = (None, None, None);
                contact.fields.clear();
            }
            Self::Deal(deal) => {
                deal.name = format!("{ERASED} D-{}", deal.id);
                deal.external_id = None;
                keep_figures(&mut deal.fields);
            }
            Self::DealEvent(event) => (event.reason, event.overruled) = (None, None),
            Self::Interaction(interaction) => {
                (interaction.text, interaction.external_id) = (None, None);
                (interaction.outcome, interaction.mood) = (None, None);
                keep_figures(&mut interaction.fields);
            }
            Self::Task(task) => {
                ERASED.clone_into(&mut task.what);
                task.reason = None;
            }
            Self::Override(over) => ERASED.clone_into(&mut over.reason),
            Self::Rep(_) | Self::Product(_) | Self::Target(_) | Self::Plan(_) => {}
        }
        record
    }

    /// What the record says in words of its own that tell of a person only together with it, such as a
    /// deal's name.
    pub fn own_words(&self) -> Vec<&str> {
        let words = match self {
            Self::Deal(deal) => vec![Some(&deal.name), deal.external_id.as_ref()],
            Self::Interaction(it) => vec![it.text.as_ref(), it.external_id.as_ref()],
            Self::Task(task) => vec![Some(&task.what), task.reason.as_ref()],
            Self::Override(over) => vec![Some(&over.reason)],
            _ => Vec::new(),
        };
        let words = words.into_iter().flatten().map(String::as_str);
        words.filter(|word| !word.trim().is_empty() && !word.starts_with(ERASED)).collect()
    }

    /// The words by which the person of a record is known: names, ways to reach, ids elsewhere.
    pub fn personal_words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        match self {
            Self::Customer(customer) => {
                words.push(customer.name.as_str());
                words.extend(
                    [&customer.phone, &customer.email].into_iter().flatten().map(String::as_str),
                );
                words.extend(customer.external_ids.values().map(String::as_str));
            }
            Self::Contact(contact) => {
                words.push(contact.name.as_str());
                let ways = [&contact.phone, &contact.email, &contact.wechat, &contact.external_id];
                words.extend(ways.into_iter().flatten().map(String::as_str));
            }
            _ => {}
        }
        // What is shorter stands in every second sentence.
        words.retain(|word| word.chars().count() > 1 && !word.starts_with(ERASED));
        words
    }
}

/// Leaves figures and flags in custom fields, which tell of no person by themselves.
fn keep_figures(fields: &mut Fields) {
    fields.retain(|_, value| !matches!(value, FieldValue::Text(_)));
}

#[cfg(test)]
mod tests {
    use crate::{Customer, CustomerId, Day, Interaction, Money, Record};

    #[test]
    fn words_go_and_figures_stay() {
        let day = Day::parse("2024-03-01").unwrap();
        let mut call = Interaction::new(CustomerId(7), day, "call");
        call.amount = Some(Money(1250));
        call.text = Some("Ann Lee called".into());
        call.fields.insert("satisfaction".into(), crate::FieldValue::Number(4.0));
        call.fields.insert("quote".into(), crate::FieldValue::Text("said Ann".into()));
        let Record::Interaction(erased) = Record::from(call.clone()).erased() else { panic!() };
        assert_eq!((erased.amount, erased.happened), (call.amount, day));
        assert_eq!(erased.text, None);
        assert_eq!(erased.fields.keys().collect::<Vec<_>>(), ["satisfaction"]);

        let ann = Customer {
            id: 7,
            name: "Ann Lee".into(),
            phone: Some("021-555".into()),
            tags: vec!["vip".into()],
            known: Some(day),
            ..Customer::default()
        };
        let record = Record::from(ann);
        assert_eq!(record.personal_words(), ["Ann Lee", "021-555"]);
        let erased = record.erased();
        assert!(erased.personal_words().is_empty());
        let kept = Customer {
            id: 7,
            name: "[erased] C-7".into(),
            consent: Some(false),
            known: Some(day),
            ..Customer::default()
        };
        assert_eq!(erased, kept.into());
        assert_eq!(erased.erased(), erased, "twice is once");
    }
}
