//! Who called: the nearest line of the pack's own scripts.

use mlua::Lua;

use crate::factory::Shared;

/// How far up the calls are looked through.
const LEVELS: usize = 64;

/// The path and line of the nearest caller that is a script of the pack.
pub(crate) fn caller(lua: &Lua, shared: &Shared) -> Option<(String, u32)> {
    nearest_of(lua, |source| shared.script(source).is_some())
}

/// The path and line of the nearest caller that is not the host's own code.
pub(crate) fn nearest(lua: &Lua) -> Option<(String, u32)> {
    nearest_of(lua, |source| !source.starts_with('['))
}

fn nearest_of(lua: &Lua, is_wanted: impl Fn(&str) -> bool) -> Option<(String, u32)> {
    for level in 0..LEVELS {
        let (source, line) = lua.inspect_stack(level, |frame| {
            let source = frame.source().short_src.map(std::borrow::Cow::into_owned);
            (source, frame.current_line())
        })?;
        if let (Some(source), Some(line)) = (source, line)
            && is_wanted(&source)
        {
            return Some((source, line as u32));
        }
    }
    None
}
