//! Reps: the sales representatives.

use kehu_domain::{Entity, Rep, RepId};
use kehu_store::Reader;

use super::customers::nothing_changed;
use super::{Desk, RecordError, Result, names, values};

/// Holds what is to be said about a rep; an empty text clears.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RepFacts {
    /// The name; a new rep needs one.
    pub name: Option<String>,
    /// The manager's name.
    pub manager: Option<String>,
    /// The office or region.
    pub region: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Degrees north of where the day begins.
    pub lat: Option<f64>,
    /// Degrees east of where the day begins.
    pub lon: Option<f64>,
    /// Custom fields, as `name=value`.
    pub fields: Vec<String>,
}

/// Adds a rep; two of one name would make every command that names a rep ask back.
pub fn add(desk: &Desk<'_>, facts: &RepFacts) -> Result<Rep> {
    desk.write("rep add", |writer| {
        let mut rep = Rep { name: String::new(), ..Rep::default() };
        let name = Some(facts.name.clone().unwrap_or_default());
        apply(desk, writer.reader(), &RepFacts { name, ..facts.clone() }, &mut rep)?;
        let rep = desk.put(writer, rep)?;
        let summary = format!("added {} {}", RepId(rep.id), rep.name);
        Ok((rep, summary))
    })
}

/// Changes what is known of a rep.
pub fn edit(desk: &Desk<'_>, rep: &str, facts: &RepFacts) -> Result<Rep> {
    desk.write("rep edit", |writer| {
        let id = names::rep(writer.reader(), rep)?;
        let mut rep: Rep = names::get(writer.reader(), Entity::Rep, id.0)?;
        let before = rep.clone();
        apply(desk, writer.reader(), facts, &mut rep)?;
        if rep == before {
            return Err(nothing_changed(&id.to_string()));
        }
        let rep = desk.put(writer, rep)?;
        let summary = format!("edited {id} {}", rep.name);
        Ok((rep, summary))
    })
}

fn apply(desk: &Desk<'_>, reader: &dyn Reader, facts: &RepFacts, rep: &mut Rep) -> Result<()> {
    if let Some(name) = &facts.name {
        let name = values::name("name", name)?;
        if !names::same(&name, &rep.name) {
            refuse_same_name(reader, Entity::Rep, &name)?;
        }
        rep.name = name;
    }
    if let Some(manager) = &facts.manager {
        rep.manager = values::line("manager", manager)?;
    }
    if let Some(region) = &facts.region {
        rep.region = values::line("region", region)?;
    }
    if let Some(email) = &facts.email {
        rep.email = values::email(email)?;
    }
    if let Some(lat) = facts.lat {
        rep.lat = Some(values::degrees("lat", lat, 90.0)?);
    }
    if let Some(lon) = facts.lon {
        rep.lon = Some(values::degrees("lon", lon, 180.0)?);
    }
    values::set_fields(desk.settings, Entity::Rep, &mut rep.fields, &facts.fields)
}

/// Refuses a name that another record of the sort bears.
pub(super) fn refuse_same_name(reader: &dyn Reader, entity: Entity, name: &str) -> Result<()> {
    let found = reader.find(entity, name, names::CANDIDATES)?;
    match found.iter().find(|each| names::same(&each.name, name)) {
        Some(other) => Err(RecordError::refused(format!(
            "{} is called {} already",
            names::show_id(entity, other.id),
            other.name
        ))),
        None => Ok(()),
    }
}

/// All reps in id order.
pub fn list(reader: &dyn Reader) -> Result<Vec<Rep>> {
    let mut reps = Vec::new();
    reader.each(Entity::Rep, None, &mut |record| {
        reps.extend(Rep::try_from(record));
        Ok(())
    })?;
    Ok(reps)
}
