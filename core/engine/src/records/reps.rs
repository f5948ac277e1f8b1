//! Reps: the sales representatives.

use kehu_domain::{Entity, Rep, RepId};
use kehu_store::Reader;

use super::{Desk, RecordError, Result, names, values};

/// Holds what is to be said about a rep.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RepFacts {
    /// The name.
    pub name: String,
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
        let name = values::name("name", &facts.name)?;
        refuse_same_name(writer.reader(), Entity::Rep, &name)?;
        let line = |what, text: &Option<String>| match text {
            Some(text) => values::line(what, text),
            None => Ok(None),
        };
        let mut rep = Rep {
            name,
            manager: line("manager", &facts.manager)?,
            region: line("region", &facts.region)?,
            email: facts.email.as_deref().map_or(Ok(None), values::email)?,
            lat: facts.lat.map(|lat| values::degrees("lat", lat, 90.0)).transpose()?,
            lon: facts.lon.map(|lon| values::degrees("lon", lon, 180.0)).transpose()?,
            ..Rep::default()
        };
        values::set_fields(desk.settings, Entity::Rep, &mut rep.fields, &facts.fields)?;
        let rep = desk.put(writer, rep)?;
        let summary = format!("added {} {}", RepId(rep.id), rep.name);
        Ok((rep, summary))
    })
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
